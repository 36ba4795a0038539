import { ApplicationFailure } from '@temporalio/common';
import { STEP_ENDED } from '#domain/failure-types.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { VenueError } from '#venues/venue.ts';
import type { TradeRef } from '../contract.ts';
import type { TradingDeps } from '../deps.ts';

const HOUR_MS = 3_600_000;

/**
 * Runs a step. A step that can never succeed, by the venue's word, throws a failure that is not retried; it is an
 * alarm, and a trade event once an hour.
 */
export async function endIfFatal<Result>(
  deps: Pick<TradingDeps, 'db' | 'logger' | 'now'>,
  { tradeId }: TradeRef,
  step: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VenueError) || error.verdict !== 'fatal') throw error;
    const { code, message } = error;
    deps.logger.error({ tradeId, step, code, err: error }, 'a step of a trade cannot succeed as things are');
    await recordTradeEvent(deps.db, {
      tradeId,
      key: `step_ended/${step}/${code}/${Math.floor(deps.now() / HOUR_MS)}`,
      type: 'step_ended',
      text: `ALARM: a ${step} cannot succeed as things are (${code}): ${message}`,
      data: { step, code },
    });
    throw ApplicationFailure.create({
      message,
      type: STEP_ENDED,
      nonRetryable: true,
      details: [code],
      cause: error,
    });
  }
}
