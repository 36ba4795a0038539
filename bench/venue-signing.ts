import { ExchangeClient, type HttpTransport } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { asWallet, type HyperliquidClient } from '#venues/hyperliquid/http/client.ts';
import { createMarginSettings } from '#venues/hyperliquid/accounts/margin-settings.ts';
import { createExecutionClient } from '#venues/hyperliquid/orders/execution-client.ts';
import { BITCOIN, orderRequest, tradingAccount } from '#venues/hyperliquid/testing.ts';
import { toWire } from '#venues/hyperliquid/orders/wire.ts';
import { createTradingSigner } from '#venues/keys/trading-signer.ts';
import { distributionOf, type Distribution } from './statistics.ts';

const WARM_UP = 300;
const ANSWER = { status: 'ok', response: { type: 'order', data: { statuses: [{ resting: { oid: 1 } }] } } };

/** Returns a transport that encodes each request, as a real one would, and answers at once. */
function deafTransport(): HttpTransport {
  const transport = {
    isTestnet: true,
    request: async (_endpoint: string, payload: unknown) => {
      JSON.stringify(payload);
      return ANSWER;
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the two members that placing an order uses
  return transport as unknown as HttpTransport;
}

/**
 * Time from an order as a caller has it to its signed and encoded request, by turns with the bare SDK (its client with
 * an ethers wallet), so that noise hits both.
 */
export async function measureSigning(samples: number): Promise<{ bare: Distribution; ours: Distribution }> {
  const wallet = Wallet.createRandom();
  const transport = deafTransport();
  const sdk = new ExchangeClient({ transport, wallet });
  const signer = createTradingSigner(wallet.privateKey);
  const account = tradingAccount(signer, signer);
  const client = clientOver(transport);
  const execution = createExecutionClient(client, createMarginSettings(client));
  const order = orderRequest({ instrument: BITCOIN });
  const wire = toWire(order);
  let nonce = Date.now();
  const [bare, ours]: [number[], number[]] = [[], []];
  for (let i = 0; i < samples + WARM_UP; i += 1) {
    bare.push(await timed(() => sdk.order({ orders: [{ ...wire, c: order.clientOrderId }] })));
    ours.push(await timed(() => execution.place(account, [order], 'single', { nonce: (nonce += 1) })));
  }
  return { bare: distributionOf(bare.slice(WARM_UP)), ours: distributionOf(ours.slice(WARM_UP)) };
}

/** The adapter's client without budget, lanes and line: only what makes the request. */
const clientOver = (transport: HttpTransport): HyperliquidClient => ({
  info: () => Promise.reject(new Error('nothing is read here')),
  async exchange({ schema, send, signer, nonce }) {
    const answer = await send({ transport, wallet: asWallet(signer), nonceManager: () => nonce });
    return { kind: 'confirmed', value: schema.parse(answer) };
  },
  charge: () => undefined,
  close: () => undefined,
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
