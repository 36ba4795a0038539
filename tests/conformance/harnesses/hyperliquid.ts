import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { asId, type AccountId } from '#domain/ids.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import type { TradingAccount, Venue } from '#venues/venue.ts';
import type { FaultName, VenueHarness } from '../harness.ts';

const SYMBOL = 'BTC';
/** Long enough for a case to look while reads fail; `heal` ends it. */
const READS_FAIL_MS = 60_000;

const signer = () => createTradingSigner(createTradingKey().privateKey);

const connect = ({ url }: HyperliquidSandbox): Venue =>
  createHyperliquidVenue({
    url,
    network: 'testnet',
    weightPerMinute: 1_000_000,
    timeoutMs: { exchange: 5_000, info: 5_000 },
    stream: { minBackoffMs: 10, maxBackoffMs: 50 },
  });

const FAULTS: Record<FaultName, Parameters<HyperliquidSandbox['control']>[0]> = {
  answer_lost: { type: 'fault', fault: { kind: 'loseAnswer', action: 'order' } },
  command_lost: { type: 'fault', fault: { kind: 'loseRequest', action: 'order' } },
  partial_fill: { type: 'fault', fault: { kind: 'partialFill', fraction: 0.5 } },
  too_many_requests: { type: 'fault', fault: { kind: 'http', status: 429, action: 'order' } },
  reads_fail: {
    type: 'fault',
    fault: { kind: 'http', status: 503, action: 'info', durationMs: READS_FAIL_MS },
  },
  stream_lost: { type: 'dropSockets' },
};

/** The Hyperliquid sandbox in this process, on the testnet's signatures. */
export async function startHyperliquidHarness(): Promise<VenueHarness> {
  const sandbox = await startHyperliquidSandbox();
  let venue = connect(sandbox);
  let lastNonce = Date.now();
  return {
    name: 'hyperliquid',
    get venue() {
      return venue;
    },
    symbol: SYMBOL,
    price: 50_000,
    size: '0.02',
    cannot: {},
    noClock: null,
    openAccount: (usdc) => openAccount(sandbox, usdc),
    stranger: signer,
    nextNonce: () => (lastNonce = Math.max(lastNonce + 1, Date.now())),
    setPrice: async (price) => sandbox.setPrice(SYMBOL, price),
    inject: async (fault) => void sandbox.control(FAULTS[fault]),
    heal: async () => void sandbox.control({ type: 'clearFaults' }),
    async restart() {
      await venue.close();
      venue = connect(sandbox);
    },
    async stop() {
      await venue.close();
      await sandbox.close();
    },
  };
}

async function openAccount(sandbox: HyperliquidSandbox, usdc: string): Promise<TradingAccount> {
  const [owner, key] = [signer(), signer()];
  sandbox.fund(owner.address, usdc);
  const approved = await approveTradingKey({
    url: sandbox.url,
    network: 'testnet',
    masterSigner: owner,
    agentAddress: key.address,
    agentName: 'signalman',
  });
  if (approved.kind !== 'confirmed') throw new Error(JSON.stringify(approved));
  return { accountId: asId<AccountId>(owner.address), signer: key };
}
