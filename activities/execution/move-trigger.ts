import type { ProtectionLeg } from '#domain/entry-plan.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { saveChange, saveReports, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { OrderRequest } from '#venues/venue.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { positionOptions } from './order-desk/index.ts';

/** Where the order now stands, or why it was not moved. */
export type MoveResult = { ok: true; price: DecimalString } | { ok: false; code: string; text: string };

/** Moves a resting stop or target in place: at no moment is there none. */
export async function moveTrigger(
  deps: ExecutionDeps,
  { plan, desk }: TradeContext,
  resting: OrderRecord,
  leg: ProtectionLeg,
): Promise<MoveResult> {
  if (isSame(resting, leg)) return { ok: true, price: leg.triggerPrice };
  const nonce = await desk.nextNonce();
  const request: OrderRequest = {
    clientOrderId: resting.clientOrderId,
    instrument: plan.instrument,
    side: leg.side,
    kind: resting.kind,
    size: leg.size,
    price: leg.worstPrice,
    triggerPrice: leg.triggerPrice,
    reduceOnly: true,
  };
  const options = { nonce, ...(await positionOptions(deps, desk, resting.tradeId)) };
  const outcome = await desk.venue.execution.modify(desk.account, resting.clientOrderId, request, options);
  if (outcome.kind === 'unresolved') return settleUnansweredMove(deps, { desk }, resting, leg, nonce);
  if (outcome.kind !== 'confirmed') return { ok: false, code: outcome.code, text: outcome.text };
  if (outcome.value.status === 'rejected') {
    return { ok: false, code: outcome.value.code ?? 'venue_rejected', text: outcome.value.text ?? '' };
  }
  await saveReports(deps.db, [{ ...resting, report: outcome.value }]);
  await saveChange(deps.db, resting.id, {
    price: leg.worstPrice,
    triggerPrice: leg.triggerPrice,
    size: leg.size,
  });
  return { ok: true, price: leg.triggerPrice };
}

/** An unanswered move is fenced off; if it had landed, the venue's open orders say where the order stands. */
async function settleUnansweredMove(
  deps: ExecutionDeps,
  { desk }: Pick<TradeContext, 'desk'>,
  resting: OrderRecord,
  leg: ProtectionLeg,
  nonce: number,
): Promise<MoveResult> {
  const fence = await desk.venue.execution.fence(desk.account, nonce);
  if (fence.kind === 'confirmed' && fence.value === 'landed') {
    const open = await desk.venue.accounts.openOrders(desk.account.accountId);
    const found = open.find(
      ({ clientOrderId, venueOrderId }) =>
        clientOrderId === resting.clientOrderId ||
        (clientOrderId === null && venueOrderId === resting.venueOrderId),
    );
    if (found?.triggerPrice && amount(found.triggerPrice).eq(leg.triggerPrice)) {
      await saveChange(deps.db, resting.id, {
        price: leg.worstPrice,
        triggerPrice: leg.triggerPrice,
        size: leg.size,
      });
      return { ok: true, price: leg.triggerPrice };
    }
  }
  return { ok: false, code: 'unresolved', text: 'The venue did not answer whether it moved the order.' };
}

const isSame = (order: OrderRecord, leg: ProtectionLeg): boolean =>
  order.triggerPrice !== null &&
  amount(order.triggerPrice).eq(leg.triggerPrice) &&
  amount(order.size).eq(leg.size);
