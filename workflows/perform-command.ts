import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
} from '@temporalio/workflow';
import type { Opened, PositionReview, Refused } from '#activities/contract.ts';
import { STEP_ENDED } from '#domain/failure-types.ts';
import type { TradeId } from '#domain/ids.ts';
import type { TradeCommand, TradeEvent } from '#domain/trade.ts';
import {
  adjustBarriers,
  armWatch,
  billTrade,
  closePosition,
  confirmExit,
  followInstruction,
  openPosition,
  pauseWatch,
  protectSoon,
  resumeWatch,
  reviewPosition,
  settleTrade,
  skipTrade,
} from './trade-activities.ts';
import type { TradeInbox } from './trade-inbox.ts';

/** Context in which a command is performed. */
export interface Performance {
  tradeId: TradeId;
  by: string;
  /** Result of the entry, where it came with the plan. */
  entry: Opened | Refused | null;
}

/** Steps that ask a venue about an open position. Their refusals and outages must not hold up a close. */
const OVERTAKEN: readonly TradeCommand['do'][] = [
  'reviewPosition',
  'adjustBarriers',
  'followInstruction',
  'protect',
];

/**
 * Performs one command and returns the event that follows; null when an end of the position overtook it. A step that is
 * overtaken is cancelled, and not awaited.
 */
export async function performUnlessOvertaken(
  command: TradeCommand,
  performance: Performance,
  inbox: TradeInbox,
): Promise<TradeEvent[] | null> {
  if (!OVERTAKEN.includes(command.do)) return perform(command, performance);
  if (inbox.hasUrgent) return null;
  const scope = new CancellationScope({ cancellable: true });
  let isOver = false;
  const work = scope.run(() => perform(command, performance)).finally(() => (isOver = true));
  // The condition ends with the work, so that nothing of it stays behind.
  await Promise.race([work, condition(() => isOver || inbox.hasUrgent)]);
  if (isOver) return work;
  log.warn('an end of the position overtakes a step', { tradeId: performance.tradeId, step: command.do });
  scope.cancel();
  work.catch((error: unknown) => {
    if (!isCancellation(error)) log.warn('the overtaken step failed', { error: String(error) });
  });
  return null;
}

async function perform(command: TradeCommand, { tradeId, by, entry }: Performance): Promise<TradeEvent[]> {
  switch (command.do) {
    case 'open': {
      const opened = entry ?? (await openPosition({ tradeId }));
      if (opened.outcome === 'refused') return [{ type: 'refused', ...opened }];
      const { size, price, stopPrice } = opened;
      return [{ type: 'opened', size, price, stopPrice, protected: opened.protected }];
    }
    case 'protect':
      return [await protect(tradeId)];
    case 'arm':
      await armWatch({ tradeId });
      return [];
    case 'pauseWatch':
      await pauseWatch({ tradeId, by });
      return [];
    case 'resumeWatch':
      await resumeWatch({ tradeId, by });
      return [];
    case 'reviewPosition':
      return [await reviewed(() => reviewPosition({ tradeId }))];
    case 'adjustBarriers': {
      const { do: _do, ...asked } = command;
      return [{ type: 'positionChanged', ...(await adjustBarriers({ tradeId, ...asked })) }];
    }
    case 'followInstruction': {
      const { instructionId } = command;
      return [await reviewed(() => followInstruction({ tradeId, instructionId }))];
    }
    case 'close':
      await closePosition.executeWithOptions({ summary: command.reason }, [
        { tradeId, reason: command.reason, by },
      ]);
      return [];
    case 'confirmExit':
      return [{ type: 'flat', ...(await confirmExit({ tradeId })) }];
    case 'settle':
      return [{ type: 'settled', ...(await settleTrade({ tradeId })) }];
    case 'bill':
      await billTrade({ tradeId });
      return [{ type: 'billed' }];
    case 'skip':
      await skipTrade.executeWithOptions({ summary: command.code }, [
        { tradeId, code: command.code, text: command.text },
      ]);
      return [];
    default:
      return command satisfies never;
  }
}

/**
 * Takes a step that looks at the position. One that cannot succeed now ends with an event; the next look comes by the
 * timer.
 */
async function reviewed(step: () => Promise<PositionReview>): Promise<TradeEvent> {
  try {
    return { type: 'positionChanged', ...(await step()) };
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    if (!(cause instanceof ApplicationFailure) || cause.type !== STEP_ENDED) throw error;
    const [code] = cause.details ?? [];
    return { type: 'stepEnded', code: typeof code === 'string' ? code : 'unknown', text: cause.message };
  }
}

/** Places the stop of a filled entry within seconds. Returns an event that closes the position when that fails. */
async function protect(tradeId: TradeId): Promise<TradeEvent> {
  try {
    const result = await protectSoon({ tradeId });
    if ('stopPrice' in result) return { type: 'protected', stopPrice: result.stopPrice };
    return { type: 'protectionFailed', text: result.failed };
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.error('the stop could not be placed', { tradeId, error: String(error) });
    return { type: 'protectionFailed', text: error instanceof Error ? error.message : String(error) };
  }
}
