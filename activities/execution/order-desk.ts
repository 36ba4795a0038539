import { setTimeout as delay } from 'node:timers/promises';
import type { Instrument } from '#domain/instrument.ts';
import type { ClientOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import {
  findOrders,
  markUnresolved,
  renewAttempt,
  saveReport,
  writeOrders,
  type OrderDraft,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import type { CommandOptions, OrderRequest, Outcome } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';
import type { DeskAccount } from './desk-account.ts';

/**
 * The one way orders reach a venue. Each order is written down under its client id and nonce before it is
 * sent; an attempt whose end is unknown is fenced off by its nonce and looked up before any other is made. So
 * a time-out, a crash or a second worker never makes a second order.
 */
export interface OrderDesk {
  /** Sends the orders in one action, or finds out what became of the attempt that sent them before. */
  send(
    desk: DeskAccount,
    instrument: Instrument,
    drafts: readonly OrderDraft[],
    grouping: 'single' | 'attached',
  ): Promise<OrderReport[]>;
}

/** The venue did not say what became of an order; the caller retries, which looks it up again. */
export class UnresolvedOrderError extends Error {
  override name = 'UnresolvedOrderError';
  readonly code = 'unresolved';
}

/** The order was not sent for a reason that passes (rate limit). */
export class PostponedOrderError extends Error {
  override name = 'PostponedOrderError';
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * How long a landed order is looked for before we believe that the venue refused it: calling an order refused
 * that shows up later would leave its position alone, waiting some seconds more costs nothing.
 */
const LOOKUP_ATTEMPTS = 30;
const LOOKUP_INTERVAL_MS = 250;
/** How often an attempt is made anew within one call when earlier ones were fenced off. */
const MAX_ATTEMPTS = 3;
/** Denials that pass by themselves. */
const PASSING_DENIALS = ['rate_limited', 'signer_busy', 'venue_unreachable', 'signer_failed'];

export function createOrderDesk(deps: TradingDeps): OrderDesk {
  return {
    async send(desk, instrument, drafts, grouping) {
      const nonce = await writeOrders(deps.db, desk.deploymentId, drafts, deps.now());
      const reports =
        nonce === null ? null : await sendOnce(deps, desk, instrument, drafts, grouping, { nonce });
      return reports ?? sendAgain(deps, desk, instrument, drafts, grouping);
    },
  };
}

/**
 * Finds out what became of the attempt that the books know of; one that never happened is made anew under a
 * fresh nonce, until the venue answers.
 */
async function sendAgain(
  deps: TradingDeps,
  desk: DeskAccount,
  instrument: Instrument,
  drafts: readonly OrderDraft[],
  grouping: 'single' | 'attached',
): Promise<OrderReport[]> {
  for (let attempts = 1; ; attempts += 1) {
    const known = await findOrders(deps.db, drafts);
    if (known.length === 0) throw new Error(`the orders could not be written down: no key to sign them with`);
    const concluded = await concludeEarlierAttempt(deps, desk, known);
    if (concluded) return inOrderOf(drafts, concluded);
    if (attempts === MAX_ATTEMPTS)
      throw new UnresolvedOrderError(`the venue left ${MAX_ATTEMPTS} attempts in a row unanswered`);
    const nonce = await desk.nextNonce();
    await renewAttempt(deps.db, known, nonce);
    const reports = await sendOnce(deps, desk, instrument, drafts, grouping, { nonce });
    if (reports) return reports;
  }
}

/** One attempt; null when its end is unknown. */
async function sendOnce(
  deps: TradingDeps,
  desk: DeskAccount,
  instrument: Instrument,
  drafts: readonly OrderDraft[],
  grouping: 'single' | 'attached',
  options: CommandOptions,
): Promise<OrderReport[] | null> {
  const leg = drafts[0]?.leg ?? 'entry';
  deps.failpoint(`${leg}.before_send`);
  const requests = drafts.map((draft) => toRequest(draft, instrument));
  const outcome = await desk.venue.execution.place(desk.account, requests, grouping, options);
  deps.failpoint(`${leg}.after_send`);
  const reports = await conclude(deps, drafts, outcome, options.nonce);
  deps.failpoint(`${leg}.after_store`);
  return reports;
}

/** Stores how an attempt ended; null when it is unresolved. */
async function conclude(
  deps: TradingDeps,
  drafts: readonly OrderDraft[],
  outcome: Outcome<OrderReport[]>,
  nonce: number,
): Promise<OrderReport[] | null> {
  if (outcome.kind === 'unresolved' || isFencedOff(outcome)) {
    await markUnresolved(
      deps.db,
      drafts.map(({ clientOrderId }) => clientOrderId),
      nonce,
      outcome.text,
    );
    return null;
  }
  if (outcome.kind === 'denied' && PASSING_DENIALS.includes(outcome.code)) {
    await markUnresolved(
      deps.db,
      drafts.map(({ clientOrderId }) => clientOrderId),
      nonce,
      outcome.text,
    );
    throw new PostponedOrderError(outcome.code, outcome.text);
  }
  const reports =
    outcome.kind === 'confirmed' ? outcome.value : drafts.map((draft) => refusedReport(draft, outcome));
  await Promise.all(
    drafts.map((draft, index) => saveReport(deps.db, draft, reports[index] ?? lost(draft), nonce)),
  );
  return reports;
}

/** A nonce that was used already: a successor fenced this attempt off, or it is our own that had landed. */
const isFencedOff = (outcome: Outcome<unknown>): outcome is Extract<Outcome<never>, { kind: 'rejected' }> =>
  outcome.kind === 'rejected' && ['nonce_duplicate', 'nonce_too_low'].includes(outcome.code);

/**
 * What became of orders that were written down earlier: their reports, or null when they never happened and
 * never will, so that they may be sent. Throws `UnresolvedOrderError` when the venue will not say.
 */
async function concludeEarlierAttempt(
  deps: TradingDeps,
  desk: DeskAccount,
  orders: readonly OrderRecord[],
): Promise<OrderReport[] | null> {
  const open = orders.filter(({ status }) => status === 'submitting' || status === 'unresolved');
  if (open.length === 0) return orders.map(toReport);
  const nonce = open[0]?.nonce;
  if (nonce === null || nonce === undefined) return null;
  const fence = await desk.venue.execution.fence(desk.account, nonce);
  if (fence.kind === 'unresolved' || fence.kind === 'denied') throw new UnresolvedOrderError(fence.text);
  if (fence.kind === 'confirmed' && fence.value === 'fenced') return null;
  return lookUp(deps, desk, orders);
}

/** Asks for orders whose action reached the venue. An order it does not know was refused in that action. */
async function lookUp(
  deps: TradingDeps,
  desk: DeskAccount,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> {
  const reports = await Promise.all(orders.map((order) => lookUpOne(desk, order)));
  await Promise.all(orders.map((order, index) => saveReport(deps.db, order, reports[index] ?? lost(order))));
  return reports;
}

async function lookUpOne(desk: DeskAccount, order: OrderRecord): Promise<OrderReport> {
  for (let turn = 0; turn < LOOKUP_ATTEMPTS; turn += 1) {
    const report = await desk.venue.accounts.orderByClientId(desk.account.accountId, order.clientOrderId);
    if (report) return report;
    await delay(LOOKUP_INTERVAL_MS);
  }
  return lost(order);
}

const lost = (order: Pick<OrderDraft, 'clientOrderId' | 'size'>): OrderReport =>
  report(order, 'rejected', 'not_accepted', 'The venue processed the action and knows no such order.');

const refusedReport = (draft: OrderDraft, { code, text }: { code: string; text: string }): OrderReport =>
  report(draft, 'rejected', code, text);

const report = (
  order: Pick<OrderDraft, 'clientOrderId' | 'size'>,
  status: OrderReport['status'],
  code: string,
  text: string,
): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: null,
  status,
  size: order.size,
  filledSize: '0',
  averagePrice: null,
  code,
  text,
});

/** What the books say of an order that was answered before. */
const toReport = (order: OrderRecord): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: order.venueOrderId,
  status: order.status,
  size: order.size,
  filledSize: order.filledSize,
  averagePrice: null,
  code: order.code,
  text: order.text,
});

function inOrderOf(drafts: readonly OrderDraft[], reports: readonly OrderReport[]): OrderReport[] {
  const byId = new Map<ClientOrderId | null, OrderReport>(reports.map((each) => [each.clientOrderId, each]));
  return drafts.map((draft) => byId.get(draft.clientOrderId) ?? lost(draft));
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
