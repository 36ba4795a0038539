import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { asId, type AccountId, type ClientOrderId } from '#domain/ids.ts';
import { createTradingSigner } from '../../keys/trading-signer.ts';
import type { Outcome, TradingAccount, Venue } from '../../venue.ts';
import { createHyperliquidVenue } from '../index.ts';
import { approveTradingKey } from '../accounts/provisioning.ts';
import { BITCOIN, orderRequest, startScriptedServer, type ScriptedServer } from '../testing.ts';

const signature = z.object({ r: z.string(), s: z.string(), v: z.number() });
const vector = z.object({
  name: z.string(),
  privateKey: z.string(),
  expected: z.object({
    mainnet: signature.optional(),
    testnet: signature.optional(),
    signature: signature.optional(),
  }),
});
const file = new URL('../../../tests/fixtures/hyperliquid/signing-vectors.json', import.meta.url);
const vectors = z
  .object({ generated: z.array(vector) })
  .parse(JSON.parse(readFileSync(file, 'utf8'))).generated;

function vectorOf(name: string) {
  const found = vectors.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no vector ${name}`);
  return found;
}

/** The nonce of the generated vectors. */
const NONCE = 1_700_000_000_000;

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
  server.answer(() => ({ json: { status: 'err', response: 'only the signature matters' } }));
});
afterAll(() => server.close());
afterEach(() => void vi.useRealTimers());

const COMMANDS: Record<string, (venue: Venue, account: TradingAccount) => Promise<Outcome<unknown>>> = {
  gen_order_ioc_reduce_only: ({ execution }, account) => {
    const exit = orderRequest({
      clientOrderId: asId<ClientOrderId>('0x1234567890abcdef1234567890abcdef'),
      side: 'sell',
      price: '100500',
      size: '0.001',
      reduceOnly: true,
    });
    return execution.place(account, [exit], 'single', { nonce: NONCE });
  },
  gen_cancel_by_cloid: ({ execution }, account) =>
    execution.cancel(account, BITCOIN, [asId<ClientOrderId>('0x00000000000000000000000000000001')], {
      nonce: NONCE,
    }),
  gen_update_leverage: ({ execution }, account) =>
    execution.setLeverage(account, BITCOIN, 5, { nonce: NONCE }),
  gen_noop: ({ execution }, account) => execution.fence(account, NONCE),
};

describe.each(['mainnet', 'testnet'] as const)('on %s', (network) => {
  test.each(Object.entries(COMMANDS))(
    '%s is signed as the venue’s own SDK signs it',
    async (name, command) => {
      const { privateKey, expected } = vectorOf(name);
      const signer = createTradingSigner(privateKey);
      const venue = createHyperliquidVenue({ url: server.url, network });
      await command(venue, { accountId: asId<AccountId>(signer.address), signer });
      await venue.close();
      expect(server.requests.at(-1)?.body.signature).toEqual(expected[network]);
    },
  );

  test('a trading key is let in as the venue’s own SDK lets it in', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NONCE });
    const { privateKey, expected } = vectorOf(`gen_approve_agent_named_${network}`);
    await approveTradingKey({
      url: server.url,
      network,
      masterSigner: createTradingSigner(privateKey),
      agentAddress: '0x5e9ee1089755c3435139848e47e6635505d5a13a',
      agentName: 'bot valid_until 1710000000000',
    });
    expect(server.requests.at(-1)?.body.signature).toEqual(expected.signature);
  });
});
