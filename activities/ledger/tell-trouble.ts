import { Context } from '@temporalio/activity';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRef } from '../contract.ts';
import type { TradingDeps } from '../deps.ts';

/** Entries, exits and settlements usually take less than this. */
const PATIENCE_MS = 10_000;
const HOUR_MS = 3_600_000;

/**
 * Runs a step of an entry, an exit or a settlement, which is retried until it succeeds. A step that has failed for some
 * seconds, or that the venue says cannot succeed, is an alarm and a trade event, once an hour for each reason.
 */
export async function tellTrouble<Result>(
  deps: Pick<TradingDeps, 'db' | 'logger' | 'now'>,
  { tradeId }: TradeRef,
  what: 'entry' | 'exit' | 'settlement',
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, verdict, message } = describe(error);
    if (verdict !== 'fatal' && triedForMs() < PATIENCE_MS) throw error;
    deps.logger.error({ tradeId, code, err: error }, `the ${what} of a trade cannot be completed`);
    await recordTradeEvent(deps.db, {
      tradeId,
      key: `${what}_trouble/${code}/${Math.floor(deps.now() / HOUR_MS)}`,
      type: `${what}_trouble`,
      text: `ALARM: the ${what} cannot be completed yet (${code}): ${message}`,
      data: { code },
    });
    throw error;
  }
}

const triedForMs = (): number => Date.now() - Context.current().info.scheduledTimestampMs;

function describe(error: unknown): { code: string; verdict: string | null; message: string } {
  if (!(error instanceof Error)) return { code: 'unknown', verdict: null, message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const verdict = 'verdict' in error && typeof error.verdict === 'string' ? error.verdict : null;
  return { code, verdict, message: error.message };
}
