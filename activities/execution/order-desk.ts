import { setTimeout as delay } from 'node:timers/promises';
import type { Instrument } from '#domain/instrument.ts';
import type { ClientOrderId } from '#domain/ids.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import { refusal } from '#domain/reasons.ts';
import {
  findEntryOrderId,
  findOrders,
  markUnresolved,
  noteReference,
  renewAttempt,
  saveReports,
  writeOrders,
  type ExitClaimDraft,
  type OrderDraft,
  type OrderRecord,
  type ReportedOrder,
} from '#prisma/repositories/orders.ts';
import type { CommandOptions, FenceResult, OrderRequest, Outcome } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';
import type { DeskAccount } from './desk-account.ts';

/**
 * The one way orders reach a venue. Each order is written down under its client id and nonce before it is
 * sent; an attempt whose end is unknown is fenced off by its nonce and looked up before any other is made. So
 * a time-out, a crash or a second worker never makes a second order.
 */
export interface OrderDesk {
  /**
   * Sends the orders in one action, or finds out what became of the attempt that sent them before. Whoever has just
   * written them down says under which nonce.
   */
  send(
    desk: DeskAccount,
    instrument: Instrument,
    drafts: readonly OrderDraft[],
    how: SendingMode,
    written?: number | null,
  ): Promise<OrderReport[]>;
  /**
   * Claims the exit of a trade and sends its closing order, in as little time as it takes. Null, with nothing sent,
   * when the exit could not be claimed or the order is in the books already: `claimExit` and `send` find out.
   */
  sendExit(
    desk: DeskAccount,
    instrument: Instrument,
    draft: OrderDraft,
    claim: ExitClaimDraft,
  ): Promise<OrderReport[] | null>;
}

/**
 * Whether the orders after the first protect it; with the leverage of an entry, and the time from which on it is not
 * sent any more.
 */
export type SendingMode =
  | 'single'
  | { grouping: 'single' | 'attached'; leverage: number; until: number | undefined };

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
const PASSING_DENIALS = [
  'rate_limited',
  'signer_busy',
  'venue_unreachable',
  'venue_unavailable',
  'venue_unreadable',
  'signer_failed',
  'market_closed',
  'no_price',
];

export function createOrderDesk(deps: TradingDeps): OrderDesk {
  return {
    async send(desk, instrument, drafts, how, written) {
      const action = { desk, instrument, drafts, how };
      const nonce = written ?? (await writeOrders(deps.db, desk.deploymentId, drafts, deps.now()));
      const reports = nonce === null ? null : await sendOnce(deps, action, nonce);
      return reports ?? sendAgain(deps, action);
    },
    async sendExit(desk, instrument, draft, claim) {
      const action = { desk, instrument, drafts: [draft], how: 'single' } as const;
      const nonce = await writeOrders(deps.db, desk.deploymentId, action.drafts, deps.now(), claim);
      if (nonce === null) return null;
      deps.failpoint('exit.after_claim');
      return (await sendOnce(deps, action, nonce)) ?? sendAgain(deps, action);
    },
  };
}

/** Orders that go out together. */
interface Action {
  desk: DeskAccount;
  instrument: Instrument;
  drafts: readonly OrderDraft[];
  how: SendingMode;
}

/**
 * Finds out what became of the attempt that the books know of; one that never happened is made anew under a
 * fresh nonce, until the venue answers.
 */
async function sendAgain(deps: TradingDeps, action: Action): Promise<OrderReport[]> {
  const { desk, drafts } = action;
  for (let attempts = 1; ; attempts += 1) {
    const known = await findOrders(deps.db, drafts);
    if (known.length === 0) throw new Error(`the orders could not be written down: no key to sign them with`);
    const concluded = await concludeEarlierAttempt(deps, action, known);
    if (concluded) return inOrderOf(drafts, concluded);
    if (attempts === MAX_ATTEMPTS)
      throw new UnresolvedOrderError(`the venue left ${MAX_ATTEMPTS} attempts in a row unanswered`);
    const nonce = await desk.nextNonce();
    // Lost to the earlier attempt, which is being sent after all: that one is concluded next.
    if (!(await renewAttempt(deps.db, known, nonce))) continue;
    const reports = await sendOnce(deps, action, nonce);
    if (reports) return reports;
  }
}

const isLate = ({ now }: TradingDeps, how: SendingMode): boolean =>
  how !== 'single' && how.until !== undefined && now() >= how.until;

/** Ends an attempt that was not sent: a successor that has taken the orders over meanwhile is as late. */
async function giveUp(
  deps: TradingDeps,
  drafts: readonly OrderDraft[],
  nonce: number,
): Promise<OrderReport[]> {
  const reports = drafts.map(late);
  await saveReports(deps.db, reported(drafts, reports), nonce);
  return reports;
}

/** One attempt, whose orders stand in the books under its nonce; null when its end is unknown. */
async function sendOnce(deps: TradingDeps, action: Action, nonce: number): Promise<OrderReport[] | null> {
  const { desk, instrument, drafts, how } = action;
  if (isLate(deps, how)) return giveUp(deps, drafts, nonce);
  const leg = drafts[0]?.leg ?? 'entry';
  const options = await optionsOf(deps, action, nonce);
  deps.failpoint(`${leg}.before_send`);
  const requests = drafts.map((draft) => toRequest(draft, instrument));
  const grouping = how === 'single' ? how : how.grouping;
  const outcome = await desk.venue.execution.place(desk.account, requests, grouping, options);
  deps.failpoint(`${leg}.after_send`);
  const reports = await conclude(deps, drafts, outcome, nonce);
  deps.failpoint(`${leg}.after_store`);
  return reports;
}

/** What the venue is told beside the orders, and where it notes what finds them later. */
async function optionsOf(deps: TradingDeps, action: Action, nonce: number): Promise<CommandOptions> {
  const { drafts, how } = action;
  const [first] = drafts;
  if (!first) return { nonce };
  const ids = drafts.map(({ clientOrderId }) => clientOrderId);
  return {
    ...(await positionOptions(deps, action.desk, first.tradeId)),
    ...(how !== 'single' && { leverage: how.leverage }),
    nonce,
    note: (reference) => noteReference(deps.db, first, ids, { nonce, reference }),
  };
}

/** Which position a command is about, where the venue has to be told. */
export async function positionOptions(
  { db }: Pick<TradingDeps, 'db'>,
  { venue }: Pick<DeskAccount, 'venue'>,
  tradeId: OrderDraft['tradeId'],
): Promise<Pick<CommandOptions, 'entryOrderId'>> {
  return venue.capabilities.separatePositions ? { entryOrderId: await findEntryOrderId(db, tradeId) } : {};
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
  await saveReports(deps.db, reported(drafts, reports), nonce);
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
  action: Action,
  orders: readonly OrderRecord[],
): Promise<OrderReport[] | null> {
  const { desk } = action;
  const open = orders.filter(({ status }) => status === 'submitting' || status === 'unresolved');
  if (open.length === 0) return orders.some(isAwaited) ? settle(deps, action, orders) : orders.map(toReport);
  const [{ nonce, reference } = { nonce: null, reference: null }] = open;
  if (nonce === null) return null;
  const fence = await desk.venue.execution.fence(desk.account, nonce, reference);
  const isFenced = readFence(fence) === 'fenced';
  return isFenced ? null : lookUp(deps, action, orders);
}

function readFence(fence: Outcome<FenceResult>): FenceResult {
  if (fence.kind === 'unresolved' || fence.kind === 'denied') throw new UnresolvedOrderError(fence.text);
  return fence.kind === 'confirmed' ? fence.value : 'landed';
}

/** Taken by the venue, to be filled at once, and not filled yet. */
const isAwaited = ({ kind, status }: Pick<OrderRecord, 'kind' | 'status'>): boolean =>
  kind === 'ioc' && !isOver(status);

/** Asks for orders whose action reached the venue. An order it does not know was refused in that action. */
async function lookUp(
  deps: TradingDeps,
  action: Action,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> {
  const reports = await Promise.all(orders.map((order) => lookUpOne(action.desk, order)));
  await saveReports(deps.db, reported(orders, reports));
  const isSettling = orders.some(({ kind }, index) =>
    isAwaited({ kind, status: reports[index]?.status ?? 'rejected' }),
  );
  return isSettling ? settle(deps, action, orders) : reports;
}

/** Orders that the venue took some time ago: those that fill at once are settled first, then what hangs on them. */
async function settle(
  deps: TradingDeps,
  action: Action,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> {
  const { desk, instrument } = action;
  const [first] = orders.filter(({ kind }) => kind === 'ioc');
  if (!first || !desk.venue.execution.settle) return orders.map(toReport);
  const nonce = await desk.nextNonce();
  const options = { nonce, ...(await positionOptions(deps, desk, first.tradeId)) };
  const settled = await desk.venue.execution.settle(desk.account, { ...first, instrument }, options);
  if (settled.kind === 'unresolved' || settled.kind === 'denied')
    throw new UnresolvedOrderError(settled.text);
  const report = settled.kind === 'confirmed' ? settled.value : refusedReport(first, settled);
  await saveReports(deps.db, [{ ...first, report }]);
  const others = orders.filter((order) => order !== first);
  if (!isOver(report.status)) return orders.map((order) => (order === first ? report : toReport(order)));
  return [report, ...(others.length > 0 ? await lookUp(deps, action, others) : [])];
}

async function lookUpOne(desk: DeskAccount, order: OrderRecord): Promise<OrderReport> {
  for (let turn = 0; turn < LOOKUP_ATTEMPTS; turn += 1) {
    const report = await desk.venue.accounts.orderByClientId(
      desk.account.accountId,
      order.clientOrderId,
      order.reference,
    );
    if (report) return report;
    await delay(LOOKUP_INTERVAL_MS);
  }
  return lost(order);
}

/** Orders beside what was said of them, in the same order. */
const reported = (orders: readonly OrderDraft[], reports: readonly OrderReport[]): ReportedOrder[] =>
  orders.map((order, index) => ({ ...order, report: reports[index] ?? lost(order) }));

const lost = (order: Pick<OrderDraft, 'clientOrderId' | 'size'>): OrderReport =>
  report(order, 'rejected', 'not_accepted', 'The venue processed the action and knows no such order.');

const late = (order: Pick<OrderDraft, 'clientOrderId' | 'size'>): OrderReport =>
  report(order, 'rejected', 'stale', refusal('stale').text);

const refusedReport = (
  draft: Pick<OrderDraft, 'clientOrderId' | 'size'>,
  { code, text }: { code: string; text: string },
): OrderReport => report(draft, 'rejected', code, text);

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
