import { listUnreadCloses } from '#prisma/repositories/unread-closes.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRef } from '../contract.ts';
import type { TradingDeps } from '../deps.ts';

/**
 * Runs a step of a close. When it fails and the account could not be read for a minute since the close began, that is an
 * alarm and a trade event, once for each such time. Throws what the step throws.
 */
export async function alarmIfUnread<Result>(
  deps: Pick<TradingDeps, 'db' | 'logger' | 'now'>,
  { tradeId }: TradeRef,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    const [unread] = await listUnreadCloses(deps.db, { now: deps.now(), tradeId });
    if (unread) await alarm(deps, unread);
    throw error;
  }
}

async function alarm(
  deps: Pick<TradingDeps, 'db' | 'logger' | 'now'>,
  { tradeId, venue, accountId, symbol, since }: Awaited<ReturnType<typeof listUnreadCloses>>[number],
): Promise<void> {
  const seconds = Math.round((deps.now() - since) / 1_000);
  deps.logger.error(
    { tradeId, venue, accountId, symbol, since },
    'ALARM: a close is in doubt: its account cannot be read',
  );
  await recordTradeEvent(deps.db, {
    tradeId,
    key: `account_unread/${since}`,
    type: 'account_unread',
    text: `ALARM: the account at ${venue} could not be read for ${seconds} s, so nobody knows whether this close has happened: look at the venue. What rests there holds meanwhile.`,
    data: { venue, accountId, since },
  });
}
