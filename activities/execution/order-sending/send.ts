import { forwardNow } from '#process/clocks.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { OrderReport } from '#domain/order.ts';
import { findOrders } from '#prisma/repositories/orders.ts';
import { isProtection, type OrderDraft, type OrderRecord } from '#prisma/repositories/order-record.ts';
import {
  noteReference,
  renewAttempt,
  writeOrders,
  type RenewedOrders,
} from '#prisma/repositories/order-attempts.ts';
import { requireHold } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { CommandOptions, OrderRequest } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import { KeyReplacedError, type TradingSession } from '../trading-session.ts';
import { positionOptions, type EntryTerms, type OrderAction, type WrittenAction } from './action.ts';
import { createBrakeCheck, type BrakeCheck } from './brake-check.ts';
import { concludeAttempt, giveUp } from './conclude-attempt.ts';
import { TradeOverError, UnresolvedOrderError } from './errors.ts';
import { inOrderOf } from './reports.ts';
import { resolveAttempt } from './resolve-attempt.ts';

/** Number of attempts in one call, when earlier ones are fenced off. */
const MAX_ATTEMPTS = 3;
/** Sends orders, or finds out what became of the attempt that sent them before; see `OrderSender.send`. */
export async function send(
  deps: TradingDeps,
  { nonce: written, ...action }: WrittenAction,
): Promise<OrderReport[]> {
  const { session, drafts } = action;
  const nonce = written ?? (await writeOrders(deps.db, await session.nonceDraw(), drafts));
  const reports = nonce === null ? null : await sendOnce(deps, action, nonce);
  return reports ?? sendAgain(deps, action);
}

/**
 * Makes one attempt, whose orders are written down under its nonce. Returns their reports; null when its end is
 * unknown. Throws `PostponedOrderError` when it was not sent for a reason that passes.
 */
export async function sendOnce(
  deps: TradingDeps,
  action: OrderAction,
  nonce: number,
): Promise<OrderReport[] | null> {
  const { session, instrument, drafts, grouping = 'single' } = action;
  if (isLate(deps, action)) return giveUp(deps, drafts, nonce);
  const leg = drafts[0]?.leg ?? 'entry';
  const brakes = createBrakeCheck(deps, action);
  const options = await optionsOf(deps, action, { nonce, brakes });
  await deps.failpoint(`${leg}.before_send`);
  const requests = drafts.map((draft) => toRequest(draft, instrument));
  const outcome = await session.venue.execution.place(session.account, requests, grouping, options);
  await deps.failpoint(`${leg}.after_send`);
  const reports = await concludeAttempt(deps, { ...action, brakes }, outcome, nonce);
  await deps.failpoint(`${leg}.after_store`);
  return reports;
}

/**
 * Finds out what became of the recorded attempt; makes one that never happened anew under a fresh nonce, until the
 * venue answers. Throws `UnresolvedOrderError` when it does not.
 */
export async function sendAgain(deps: TradingDeps, action: OrderAction): Promise<OrderReport[]> {
  const { drafts } = action;
  await requireHold(deps.db, action.session.hold);
  for (let attempts = 1; ; attempts += 1) {
    const known = await findOrders(deps.db, drafts);
    if (known.length === 0) {
      await requireLive(deps, drafts);
      return sendWithNewKey(deps, action);
    }
    const parts = partsOf(drafts, known);
    if (parts.length > 1) return sendParts(deps, action, parts);
    const resolved = await resolveAttempt(deps, action, known);
    if (resolved) return inOrderOf(drafts, resolved);
    if (attempts === MAX_ATTEMPTS)
      throw new UnresolvedOrderError(`the venue left ${MAX_ATTEMPTS} attempts in a row unanswered`);
    const { session, nonce } = await drawNext(action.session);
    // The earlier attempt is being sent after all, and is resolved next.
    const { address: signer } = session.account.signer;
    const renewed = inContent(known, drafts);
    if (!(await renewAttempt(deps.db, renewed, { nonce, signer, hold: session.hold }))) continue;
    const reports = await sendOnce(deps, { ...action, session }, nonce);
    if (reports) return reports;
  }
}

/** Returns recorded orders, each with the draft of its client id. */
const inContent = (known: readonly OrderRecord[], drafts: readonly OrderDraft[]): RenewedOrders =>
  known.map((order) => ({
    order,
    next: drafts.find(({ clientOrderId }) => clientOrderId === order.clientOrderId) ?? order,
  }));

/** Throws `TradeOverError` where stops and targets are for a trade whose end has begun. */
async function requireLive({ db }: TradingDeps, drafts: readonly OrderDraft[]): Promise<void> {
  const [first] = drafts;
  if (!first || !isProtection(drafts)) return;
  const { phase } = await getTrade(db, first.tradeId);
  if (phase !== 'opening' && phase !== 'open') throw new TradeOverError(`the trade is ${phase}`);
}

/** Returns the next nonce with the session of its key, which is another session after the key was replaced. */
async function drawNext(session: TradingSession): Promise<{ session: TradingSession; nonce: number }> {
  try {
    return { session, nonce: await session.nextNonce() };
  } catch (error) {
    if (!(error instanceof KeyReplacedError)) throw error;
    const reopened = await session.reopened();
    return { session: reopened, nonce: await reopened.nextNonce() };
  }
}

/**
 * Sends orders that could not be written down under the key of the session: with the key that has replaced it. Throws
 * when there is none.
 */
async function sendWithNewKey(deps: TradingDeps, action: OrderAction): Promise<OrderReport[]> {
  const session = await action.session.reopened();
  const { signer } = session.account;
  if (signer.address === action.session.account.signer.address)
    throw new Error(`the orders could not be written down: no key to sign them with`);
  const nonce = await writeOrders(deps.db, await session.nonceDraw(), action.drafts);
  const again = { ...action, session };
  return (nonce === null ? null : await sendOnce(deps, again, nonce)) ?? sendAgain(deps, again);
}

/** Returns the orders in groups, one for each attempt that carried them, and one for orders of no attempt. */
function partsOf(drafts: readonly OrderDraft[], known: readonly OrderRecord[]): OrderDraft[][] {
  const attempts = new Map<string, string>(
    known.map(({ clientOrderId, signer, nonce }) => [clientOrderId, `${signer}/${nonce}`]),
  );
  return [...Map.groupBy(drafts, ({ clientOrderId }) => attempts.get(clientOrderId)).values()];
}

/**
 * Sends orders of different attempts one group after the other, since the end of one attempt says nothing of another.
 */
async function sendParts(
  deps: TradingDeps,
  action: OrderAction,
  parts: readonly OrderDraft[][],
): Promise<OrderReport[]> {
  const reports: OrderReport[] = [];
  for (const drafts of parts) {
    const grouping = drafts[0] === action.drafts[0] ? action.grouping : 'single';
    reports.push(...(await send(deps, { ...action, drafts, ...(grouping && { grouping }) })));
  }
  return inOrderOf(action.drafts, reports);
}

/** Returns until when an entry may leave, by the process's `forwardNow`. */
const deadlineOf = ({ now }: TradingDeps, { until }: EntryTerms): number | undefined =>
  until === undefined ? undefined : until - now() + forwardNow();

const isLate = ({ now }: TradingDeps, { entryTerms }: OrderAction): boolean =>
  entryTerms?.until !== undefined && now() >= entryTerms.until;

/** Returns the options of an action, with what writes down how its orders are found later. */
async function optionsOf(
  deps: TradingDeps,
  action: OrderAction,
  { nonce, brakes }: { nonce: number; brakes: BrakeCheck | null },
): Promise<CommandOptions> {
  const { drafts, entryTerms } = action;
  const [first] = drafts;
  if (!first) return { nonce };
  const ids = drafts.map(({ clientOrderId }) => clientOrderId);
  const position = await positionOptions(deps, action.session, first.tradeId);
  return {
    ...position,
    ...(brakes && {
      isWanted: async () => (await brakes.passes()) && ((await position.isWanted?.()) ?? true),
    }),
    ...(entryTerms && { leverage: entryTerms.leverage, notAfter: deadlineOf(deps, entryTerms) }),
    nonce,
    note: (reference) => noteReference(deps.db, first, ids, { nonce, reference }),
  };
}

const toRequest = (draft: OrderDraft, instrument: Instrument): OrderRequest => ({
  clientOrderId: draft.clientOrderId,
  instrument,
  side: draft.side,
  kind: draft.kind,
  size: draft.size,
  price: draft.price,
  triggerPrice: draft.triggerPrice,
  reduceOnly: draft.reduceOnly,
});
