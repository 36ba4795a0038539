import { createLanes, LaneBusy } from '../../lanes.ts';
import {
  isTooLate,
  TOO_LATE,
  type CommandOptions,
  type FenceResult,
  type Outcome,
  type TradingSigner,
} from '../../venue.ts';
import type { Chain, Receipt } from './chain.ts';
import type { Failure } from './errors.ts';
import { fenceCommand } from './fence-nonce.ts';
import type { Timing } from './options.ts';
import { readReference, writeReference, type SentTransaction } from './reference.ts';
import { sendTransaction, type Call } from './send-transaction.ts';
import type { Sending } from './sending.ts';

/** Sends transactions, one at a time per key, and fences off commands whose end is unknown. */
export interface Transactions {
  /**
   * Signs and sends one transaction and waits until it is mined. A call that would revert is not sent. One that
   * is stuck is sent again under the same nonce with a higher fee. Never throws for what the chain does.
   */
  send(signer: TradingSigner, call: Call, options: CommandOptions): Promise<Outcome<Receipt>>;
  /** Makes sure that a lost command never happens, or finds that it has. `unresolved` until the chain shows which. */
  fence(
    signer: TradingSigner,
    nonce: number,
    reference: string | null | undefined,
  ): Promise<Outcome<FenceResult>>;
}

/** Transactions of one key that may wait for their turn. */
const MAX_WAITING = 100;
/** Commands whose references are kept for a fence in the same process. */
const MAX_REMEMBERED = 1_000;

export function createTransactions(chain: Chain, timing: Timing): Transactions {
  const lanes = createLanes({ maxWaiting: MAX_WAITING, maxWaitMs: 3 * timing.minedMs });
  const memory = createMemory();
  const sending: Sending = {
    chain,
    timing,
    nextNonces: new Map(),
    note(signer, options, sent) {
      memory.keep(`${signer.address}/${options.nonce}`, sent);
      const reference = writeReference({ from: signer.address, sent });
      return options.note ? options.note(reference) : Promise.resolve(true);
    },
  };
  return {
    send: (signer, call, options) =>
      lanes
        .run(signer.address, () => sendTransaction(sending, signer, call, options), options.notAfter)
        .catch((error: unknown) => laneFailure(error, options)),
    async fence(signer, nonce, reference) {
      const sent = memory.find(`${signer.address}/${nonce}`);
      const noted = reference ? readReference(reference) : sent && { from: signer.address, sent };
      // A command is noted before it is sent: without a note nothing was sent.
      if (noted === null) return reference ? unreadable(reference) : { kind: 'confirmed', value: 'fenced' };
      try {
        return await lanes.run(signer.address, () => fenceCommand(sending, signer, noted));
      } catch (error) {
        if (error instanceof LaneBusy) return laneFailure(error);
        return { kind: 'unresolved', text: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** Creates a memory of the transactions of each command, which may be several calls. */
function createMemory() {
  const commands = new Map<string, SentTransaction[]>();
  return {
    keep(key: string, sent: readonly SentTransaction[]): void {
      const nonces = new Set(sent.map(({ nonce }) => nonce));
      const earlier = (commands.get(key) ?? []).filter(({ nonce }) => !nonces.has(nonce));
      commands.set(key, [...earlier, ...sent]);
      const [oldest] = commands.keys();
      if (commands.size > MAX_REMEMBERED && oldest !== undefined) commands.delete(oldest);
    },
    find: (key: string): SentTransaction[] | null => commands.get(key) ?? null,
  };
}

const unreadable = (reference: string): Failure => ({
  kind: 'unresolved',
  text: `what was noted of the command names no transaction: ${reference}`,
});

function laneFailure(error: unknown, deadline: Pick<CommandOptions, 'notAfter'> = {}): Failure {
  if (error instanceof LaneBusy && isTooLate(deadline)) return TOO_LATE;
  if (error instanceof LaneBusy) return { kind: 'denied', code: 'signer_busy', text: error.message };
  throw error;
}
