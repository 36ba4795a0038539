import { ostiumOptions, startOstiumHarness as startHarness } from '../../support/ostium.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import type { Venue } from '#venues/venue.ts';
import type { FaultName, VenueHarness } from '../harness.ts';

const PAIR = 'EUR-USD';
const SPREAD = '0.0002';
/** More requests than a case makes; `heal` ends it. */
const UNTIL_HEALED = 1_000_000;

type Fault = Parameters<OstiumSandbox['control']['fault']>[0];

const SEND = 'eth_sendRawTransaction';
const FAULTS: Record<Exclude<FaultName, 'partial_fill'>, Fault> = {
  answer_lost: { kind: 'rpcLoseAnswer', method: SEND },
  command_lost: { kind: 'rpcLoseRequest', method: SEND },
  too_many_requests: { kind: 'rpcStatus', status: 429, count: UNTIL_HEALED },
  reads_fail: { kind: 'rpcStatus', status: 503, count: UNTIL_HEALED },
  // Only the stream looks for new blocks then: the command that follows finds the node again.
  stream_lost: { kind: 'rpcStatus', status: 503, method: 'eth_blockNumber', count: 1 },
};

/** Ostium's sandbox in this process, with a chain of its own. */
export async function startOstiumHarness(): Promise<VenueHarness> {
  const { sandbox, makeAccount, stop } = await startHarness();
  const connect = (): Venue => {
    const options = ostiumOptions(sandbox);
    // A command that was lost on the way is sent again after this long.
    return createOstiumVenue({ ...options, timing: { ...options.timing, stuckMs: 500 } });
  };
  let venue = connect();
  let lastNonce = 0;
  return {
    name: 'ostium',
    get venue() {
      return venue;
    },
    symbol: PAIR,
    price: 1.1,
    size: '1000',
    cannot: { partial_fill: 'an entry is filled whole or not at all' },
    noClock: 'a transaction carries no time, and its nonce is the chain’s',
    openAccount: async (usdc) => (await makeAccount(usdc)).account,
    stranger: () => createTradingSigner(createTradingKey().privateKey),
    nextNonce: () => (lastNonce += 1),
    setPrice: async (price) => sandbox.control.setPrice(PAIR, price.toFixed(5), SPREAD),
    inject: async (fault) => {
      if (fault !== 'partial_fill') await sandbox.control.fault(FAULTS[fault]);
    },
    heal: () => sandbox.control.clearFaults(),
    async restart() {
      await venue.close();
      venue = connect();
    },
    async stop() {
      await venue.close();
      await stop();
    },
  };
}
