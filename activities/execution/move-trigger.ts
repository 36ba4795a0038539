import type { ProtectionLeg } from '#domain/entry-plan.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { doesRest, type OrderReport } from '#domain/order.ts';
import { beginMove, dropMove, getOrder, noteMove, saveStanding } from '#prisma/repositories/order-moves.ts';
import type { OrderMove, OrderRecord } from '#prisma/repositories/order-record.ts';
import { HoldLostError, requireHold } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { TOO_LATE, type OrderRequest, type Outcome } from '#venues/venue.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { readOrder } from './known-order.ts';
import { positionOptions, TradeOverError, UnresolvedOrderError } from './order-sending/index.ts';
import { settleMove } from './settle-move.ts';
import { stopKindAt } from './stop-kind.ts';

/** Price at which the order rests now, or why it was not moved. */
export type MoveResult = { ok: true; price: DecimalString } | { ok: false; code: string; text: string };

/**
 * Moves a resting stop or target in place, so that it never stops resting. The move is written down before it is sent,
 * and one whose end is unknown is settled before the next command about the order. Throws `HoldLostError` when another
 * process holds the trade, and `TradeOverError` when the end of the trade has begun.
 */
export async function moveTrigger(
  deps: ExecutionDeps,
  context: TradeContext,
  resting: OrderRecord,
  leg: ProtectionLeg,
): Promise<MoveResult> {
  if (isSame(resting, leg)) return { ok: true, price: leg.triggerPrice };
  const move = await newMove(context.session, leg);
  const { hold } = context.session;
  if (!(await beginMove(deps.db, resting.id, move, hold))) {
    await requireHold(deps.db, hold);
    const { phase } = await getTrade(deps.db, resting.tradeId);
    if (phase !== 'open') throw new TradeOverError(`the trade is ${phase}`);
    throw new UnresolvedOrderError('the order is being moved already');
  }
  await deps.failpoint(`${resting.leg}.before_move`);
  const outcome = await sendMove(deps, context, resting, move);
  await deps.failpoint(`${resting.leg}.after_move`);
  const result = await conclude(deps, context, resting, move, outcome);
  await deps.failpoint(`${resting.leg}.after_move_store`);
  return result;
}

async function newMove(
  session: TradeContext['session'],
  { worstPrice: price, triggerPrice, size }: ProtectionLeg,
): Promise<OrderMove> {
  return {
    nonce: await session.nextNonce(),
    signer: session.account.signer.address,
    reference: null,
    price,
    triggerPrice,
    size,
  };
}

async function sendMove(
  deps: ExecutionDeps,
  { plan, session }: TradeContext,
  resting: OrderRecord,
  { nonce, price, triggerPrice, size }: OrderMove,
): Promise<Outcome<OrderReport>> {
  const request: OrderRequest = {
    clientOrderId: resting.clientOrderId,
    instrument: plan.instrument,
    side: resting.side,
    kind: resting.kind,
    size,
    price,
    triggerPrice,
    reduceOnly: true,
  };
  return session.venue.execution.modify(session.account, resting.clientOrderId, request, {
    nonce,
    note: (reference) => noteMove(deps.db, resting.id, { nonce, reference }),
    ...(await positionOptions(deps, session, resting.tradeId)),
  });
}

async function conclude(
  deps: ExecutionDeps,
  context: TradeContext,
  resting: OrderRecord,
  move: OrderMove,
  outcome: Outcome<OrderReport>,
): Promise<MoveResult> {
  if (outcome.kind === 'unresolved') return concludeUnanswered(deps, context, resting, move);
  if (outcome.kind === 'confirmed' && outcome.value.status !== 'rejected') {
    const { price, triggerPrice, size } = move;
    const stopKind = stopKindAt(context.trade, triggerPrice);
    const { status, venueOrderId } = outcome.value;
    const moved = { id: resting.id, move, hold: context.session.hold };
    await saveStanding(deps.db, moved, { price, triggerPrice, size, status, venueOrderId, stopKind });
    return { ok: true, price: triggerPrice };
  }
  await dropMove(deps.db, resting.id, move);
  const refused = outcome.kind === 'confirmed' ? outcome.value : outcome;
  if (isOvertaken(refused))
    throw new HoldLostError('somebody else holds the trade, and may have moved the order');
  // The order was over before it could be moved: that is booked, and the next attempt places another order.
  if (refused.code === 'order_over') await readOrder(deps, context, resting);
  return { ok: false, code: refused.code ?? 'venue_rejected', text: refused.text ?? '' };
}

/** Returns whether the move was not sent in time, or another holder of the trade used up its nonce. */
const isOvertaken = ({ code }: { code: string | null }): boolean =>
  code === TOO_LATE.code || code === 'nonce_duplicate' || code === 'nonce_too_low';

async function concludeUnanswered(
  deps: ExecutionDeps,
  context: TradeContext,
  resting: OrderRecord,
  move: OrderMove,
): Promise<MoveResult> {
  const settled = await settleMove(deps, context, await getOrder(deps.db, resting.id));
  if (doesRest(settled.status) && isSame(settled, move)) return { ok: true, price: move.triggerPrice };
  return { ok: false, code: 'unresolved', text: 'The venue did not move the order, and did not say why.' };
}

const isSame = (order: OrderRecord, wanted: Pick<OrderMove, 'triggerPrice' | 'size'>): boolean =>
  order.triggerPrice !== null &&
  amount(order.triggerPrice).eq(wanted.triggerPrice) &&
  amount(order.size).eq(wanted.size);
