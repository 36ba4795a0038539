import { passes, pauseAfterRefusals, POST_ONLY_MODE } from '#domain/exit-refusal.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { readExitAttempts, type ExitAttempt, type ExitRefusals } from '#prisma/repositories/exit-attempts.ts';
import { hasFillsByHand } from '#prisma/repositories/fills.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { isReplacedKey } from '#prisma/repositories/trading-keys.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { sendClosingOrder } from './send-closing-order.ts';
import { endPassiveExit, isPassive, sendPassiveExit } from './passive-exit.ts';
import { showsOrder } from './shows-order.ts';

/** A refusal that passes is recorded after this many orders. */
const TOLD_AFTER = 5;

/** A position that is to be closed. */
interface PositionLeft {
  /** The rest of the trade's part. */
  size: DecimalString;
  /** The venue's time of the reading (see `showsOrder`). */
  readAt: number | undefined | null;
  /** True when the venue's position is not the trade's alone. */
  isShared: boolean;
}

/**
 * Sends a closing order for what remains of a position under the next client id, or finds out about the one under way.
 * Sends nothing while the position may not show the last order yet, or while the venue's last refusals say to wait,
 * unless another key signs by now. Where the venue takes no orders at the market, a resting order and one at the market
 * take turns. Where another hand has a part of the position nothing rests beside the stop: both would fill, and the
 * second would close that part. A refusal for good is recorded and an alarm.
 */
export async function sendNextExit(
  deps: ExecutionDeps,
  context: TradeContext,
  { size, readAt, isShared: isSeenShared }: PositionLeft,
): Promise<void> {
  const { id } = context.trade;
  const { last, refused } = await readExitAttempts(deps.db, id);
  const isShared = isSeenShared || (await hasFillsByHand(deps.db, id));
  if (last && isPassive(last)) return endPassiveExit(deps, context, last, isShared ? 'now' : 'in time');
  const reading = { readAt, now: deps.now() };
  if (last?.kind === 'post_only' && !showsOrder({ ...last, at: last.answeredAt }, reading)) return;
  if (refused && !showsOrder({ ...refused, kind: 'ioc' }, reading)) return;
  const passive = isShared ? null : nextPassive(last, refused);
  if (passive !== null && (await sendPassiveExit(deps, context, { size, revision: passive }))) return;
  const isLost = last?.kind === 'post_only' && !isOver(last.status);
  const waitsUntil = refused && !isLost ? refused.at + pauseAfterRefusals(refused.code, refused.inARow) : 0;
  if (deps.now() < waitsUntil && !(await isReplacedKey(deps.db, last?.signer ?? null))) return;
  const revision = last === null ? 0 : last.revision + (isOver(last.status) ? 1 : 0);
  await sendClosingOrder(deps, context, { size, price: null, revision });
  const after = await readExitAttempts(deps.db, id);
  if (after.refused) await tellRefused(deps, id, after.refused);
}

/**
 * Returns the revision of a closing order that must rest: one with an unknown end, or the next after a refusal for the
 * venue's post-only mode. Returns null when the market is to be tried.
 */
function nextPassive(last: ExitAttempt | null, refused: ExitRefusals | null): number | null {
  if (last?.kind === 'post_only') return isOver(last.status) ? null : last.revision;
  return last && refused?.code === POST_ONLY_MODE ? last.revision + 1 : null;
}

/**
 * Sends a closing order for the recorded size of a claimed exit of which nothing has filled, when the position cannot
 * be read.
 */
export async function sendUnseenExit(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const trade = await getTrade(deps.db, context.trade.id);
  const size = trade.remainingSize ?? '0';
  if (trade.phase !== 'closing' || amount(size).lte(0)) return;
  const { hasFilled } = await readExitAttempts(deps.db, trade.id);
  if (!hasFilled) await sendNextExit(deps, { ...context, trade }, { size, readAt: null, isShared: false });
}

async function tellRefused(
  deps: ExecutionDeps,
  tradeId: TradeRecord['id'],
  { code, text, inARow, since }: ExitRefusals,
): Promise<void> {
  if (passes(code) && inARow < TOLD_AFTER) return;
  deps.logger.error({ tradeId, code, text, inARow }, 'the venue refuses the closing order');
  await recordTradeEvent(deps.db, {
    tradeId,
    key: `exit_refused/${code}/${since}`,
    type: 'exit_refused',
    text: `ALARM: the venue refuses the closing order (${code}): ${text} It is sent again, ever more rarely.`,
    data: { code, text },
  });
}
