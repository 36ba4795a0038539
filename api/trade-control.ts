import { setTimeout as sleep } from 'node:timers/promises';
import type { SignalDefinition } from '@temporalio/common';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { findTradeIds, findTradeView, type TradeView } from '#prisma/repositories/trade-views.ts';
import {
  forceCloseSignal,
  pauseSignal,
  resumeSignal,
  workflowIds,
  type OperatorNote,
} from '#workflows/messages.ts';
import type { ApiDeps } from './deps.ts';
import { isNotRunning } from './error-mapping.ts';
import type { Principal } from './plugins/auth.ts';
import { ProblemError } from './problem.ts';

export type TradeRequest = 'pause' | 'resume' | 'close';

const MESSAGES: Record<TradeRequest, SignalDefinition<[OperatorNote?]>> = {
  pause: pauseSignal,
  resume: resumeSignal,
  close: forceCloseSignal,
};

const SIGNAL_TIMEOUT_MS = 5_000;
const POLL_MS = 100;
const WHOLE_ID_LENGTH = 36;

/** The trade a whole id or a part of one names; throws `trade_not_found` or `trade_id_ambiguous`. */
export async function findTradeByPart(db: ApiDeps['db'], part: string): Promise<TradeView> {
  // Only parts of an id need a search through all of them.
  const [id, other] = part.length === WHOLE_ID_LENGTH ? [part] : await findTradeIds(db, part);
  if (id === undefined) throw new ProblemError('trade_not_found', `There is no trade ${part}.`);
  if (other !== undefined) {
    throw new ProblemError('trade_id_ambiguous', `${id} and ${other} (and maybe more) match ${part}.`);
  }
  const trade = await findTradeView(db, id);
  if (!trade) throw new ProblemError('trade_not_found', `There is no trade ${id}.`);
  return trade;
}

/**
 * Hands a person's wish to the trade's workflow, which keeps it even while no worker runs. Throws `trade_ended`
 * when nothing is left to do. Pausing a paused trade is no error.
 */
export async function requestOfTrade(
  deps: ApiDeps,
  principal: Principal,
  trade: TradeView,
  request: TradeRequest,
  note: string | undefined,
): Promise<void> {
  if (isOver(trade)) throw new ProblemError('trade_ended', `Trade ${trade.id} is ${trade.phase}.`);
  await recordChange(deps.db, {
    actor: principal.name,
    action: `trade.${request}`,
    subject: `trade/${trade.id}`,
    before: { phase: trade.phase, paused: trade.paused },
    after: { requested: request, note: note ?? null },
  });
  const workflowId = workflowIds.trade(trade.signalId, trade.deploymentId);
  const handle = deps.temporal.workflow.getHandle(workflowId);
  const said: OperatorNote = { by: principal.name, ...(note !== undefined && { note }) };
  try {
    await deps.temporal.withDeadline(Date.now() + SIGNAL_TIMEOUT_MS, () =>
      handle.signal(MESSAGES[request], said),
    );
  } catch (error) {
    if (!isNotRunning(error)) throw error;
    throw new ProblemError('trade_not_running', `No workflow ${workflowId} runs.`, { cause: error });
  }
}

/** Whether the position is flat within `waitMs`, by the books: they follow the venue's word. */
export async function waitUntilFlat(db: ApiDeps['db'], tradeId: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const trade = await findTradeView(db, tradeId);
    if (trade && (isOver(trade) || trade.phase === 'settling')) return true;
    if (performance.now() + POLL_MS > deadline) return false;
    await sleep(POLL_MS);
  }
}

const isOver = ({ phase }: TradeView): boolean => phase === 'closed' || phase === 'skipped';
