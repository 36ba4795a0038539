import { forwardNow } from '#process/clocks.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { AccountId, ClientOrderId, Symbol, VenueName, VenueOrderId } from '#domain/ids.ts';
import type { MaintenanceRule } from '#domain/liquidation.ts';
import type { DecimalString } from '#domain/money.ts';
import type { OrderKind, OrderReport, OrderSide } from '#domain/order.ts';
import type { TradeFees } from '#domain/fees.ts';
import type { MarketActivity } from '#domain/scoring/venue-parts.ts';
import type { QuotedCosts } from '#domain/trading-cost.ts';
import type { ApprovalClient } from './approval.ts';

/**
 * How a command ended, as far as we know.
 * - `confirmed`: the venue took it; `value` is its word.
 * - `rejected`: the venue said no. Nothing happened there.
 * - `denied`: we did not send it (illegal size, unreadable key, budget used up).
 * - `unresolved`: it may or may not have happened (time-out, dropped connection, 5xx, unreadable answer).
 *   Never to be treated as a no: fence it off or look it up.
 */
export type Outcome<Value> =
  | { kind: 'confirmed'; value: Value }
  | { kind: 'rejected'; code: string; text: string }
  | { kind: 'denied'; code: string; text: string }
  | { kind: 'unresolved'; text: string };

/** What a venue can do by itself; the lifecycle fills in what it cannot. */
export interface Capabilities {
  residentStop: boolean;
  residentTakeProfit: boolean;
  /** Stop and targets travel in the same signed action as the entry. */
  attachProtection: boolean;
  priceStream: boolean;
  /** Which price triggers resident orders; the watcher looks at the same one. */
  triggerPrice: 'mark' | 'mid';
  /**
   * Which take profits can rest: every leg of a ladder for its own size, or one that closes whatever is left, which
   * can only be the last leg of a ladder that closes everything.
   */
  residentTargets: 'ladder' | 'last';
  /** Every entry stays a position of its own, so that commands have to name the one they are about. */
  separatePositions: boolean;
  /** When the venue liquidates a position. */
  maintenance: MaintenanceRule;
  /** A wallet lets one key trade for it: approving another one takes the first one's right away. */
  oneKeyPerWallet: boolean;
}

/** A transaction of an EVM chain (EIP-1559), ready to be signed. */
export interface UnsignedTransaction {
  chainId: number;
  nonce: number;
  to: string;
  data: string;
  /** Wei that are sent along; left out, none. */
  value?: bigint;
  gasLimit: bigint;
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Signs for one account. The private key stays behind it: nothing here can print it. */
export interface TradingSigner {
  /** Lower-case address of the trading key, not of the account it trades for. */
  readonly address: string;
  /** EIP-712 signature as `0x` + 130 hex digits. */
  signTypedData(
    domain: Record<string, unknown>,
    types: Record<string, { name: string; type: string }[]>,
    message: Record<string, unknown>,
  ): Promise<string>;
  /** The signed transaction, serialised as `0x` hex. */
  signTransaction(transaction: UnsignedTransaction): Promise<string>;
}

/** An account and the key that trades for it. */
export interface TradingAccount {
  accountId: AccountId;
  signer: TradingSigner;
}

export interface OrderRequest {
  clientOrderId: ClientOrderId;
  instrument: Instrument;
  side: OrderSide;
  kind: OrderKind;
  size: DecimalString;
  /** Worst price accepted. */
  price: DecimalString;
  /** Set for the trigger kinds. */
  triggerPrice: DecimalString | null;
  reduceOnly: boolean;
}

/** Every command carries the nonce its rows were written with, so that it can be fenced off later. */
export interface CommandOptions {
  nonce: number;
  /** For venues where leverage belongs to the order that opens the position. 1 unless given. */
  leverage?: number;
  /** The venue's id of the entry whose position the command is about; only with `separatePositions`. */
  entryOrderId?: VenueOrderId | null;
  /**
   * What the books say is left of that position; only with `separatePositions`. Where the venue holds less, a part of
   * it is closed by so much less: some of it has been closed already, and is not booked yet.
   */
  positionSize?: DecimalString | null;
  /**
   * Called with what finds the command at the venue later (a transaction's nonce and hash), once that is known and
   * before it is sent. False: another attempt has taken its place, and it must not be sent.
   */
  note?: (reference: string) => Promise<boolean>;
  /**
   * Epoch ms, by the process's `forwardNow`, from which on the command is not sent any more: one that has not left by then
   * is denied as `too_late`, however long it waited for its turn.
   */
  notAfter?: number | undefined;
  /** Asked when the command's turn has come. False: it ends as `too_late` and is not sent. */
  isWanted?: (() => Promise<boolean>) | undefined;
}

/** Returns whether it is too late to send a command. */
export const isTooLate = ({ notAfter }: Pick<CommandOptions, 'notAfter'>): boolean =>
  notAfter !== undefined && forwardNow() >= notAfter;

/** How a command ends that did not leave in its time. */
export const TOO_LATE = {
  kind: 'denied',
  code: 'too_late',
  text: 'The time in which the command was to be sent is over.',
} as const satisfies Outcome<never>;

/** An order that rests at the venue, whoever placed it. */
export interface RestingOrder {
  instrument: Instrument;
  venueOrderId: VenueOrderId;
}

/** An order that is known by what was noted when it was sent. */
export interface NotedOrder {
  clientOrderId: ClientOrderId;
  instrument: Instrument;
  reference: string | null;
}

/** Result of a fence: whether a command without an answer can still take effect. */
export type FenceResult =
  /** It has not happened and never will. */
  | 'fenced'
  /** It reached the venue, or may have: it cannot happen any more, and what it did is to be looked up. */
  | 'landed';

/** The sending side of a venue. Commands never throw for what the venue or the network does. */
export interface ExecutionClient {
  /**
   * Sends the orders in one signed action. With `attached`, the first order is the entry and the others are
   * its protection, live once it has filled completely. Reports come in the order of the requests; an order
   * the venue refused inside an accepted action is a report with status `rejected`.
   */
  place(
    account: TradingAccount,
    orders: readonly OrderRequest[],
    grouping: 'single' | 'attached',
    options: CommandOptions,
  ): Promise<Outcome<OrderReport[]>>;
  /** Replaces a resting order in place; at no moment is there none. The client id stays. */
  modify(
    account: TradingAccount,
    target: VenueOrderId | ClientOrderId,
    order: OrderRequest,
    options: CommandOptions,
  ): Promise<Outcome<OrderReport>>;
  /** Cancels by client id. An order that is already over counts as cancelled. */
  cancel(
    account: TradingAccount,
    instrument: Instrument,
    clientOrderIds: readonly ClientOrderId[],
    options: CommandOptions,
  ): Promise<Outcome<null>>;
  /**
   * Cancels orders by the venue's own ids, those that others placed too. Stops and targets that are a part of their
   * position end with it, and are left alone. An order that is already over counts as cancelled.
   */
  cancelResting(
    account: TradingAccount,
    orders: readonly RestingOrder[],
    options: CommandOptions,
  ): Promise<Outcome<null>>;
  setLeverage(
    account: TradingAccount,
    instrument: Instrument,
    leverage: number,
    options: CommandOptions,
  ): Promise<Outcome<null>>;
  /**
   * Uses up the nonce of a command whose answer was lost, so that it cannot happen later. `reference` is what the
   * command noted; null when it came to no sending.
   */
  fence(account: TradingAccount, nonce: number, reference?: string | null): Promise<Outcome<FenceResult>>;
  /**
   * For venues that take an order now and fill it later: what became of it since. One that the venue has not filled
   * in its time is taken back; still waiting, its report is not over.
   */
  settle?(account: TradingAccount, order: NotedOrder, options: CommandOptions): Promise<Outcome<OrderReport>>;
}

export interface VenueFill {
  symbol: Symbol;
  venueFillId: string;
  venueOrderId: VenueOrderId;
  clientOrderId: ClientOrderId | null;
  /** At a venue without client ids: the part of a command's reference that names what placed the filled order. */
  placedBy?: string | null;
  side: OrderSide;
  price: DecimalString;
  size: DecimalString;
  feeUsd: DecimalString;
  closedPnlUsd: DecimalString;
  /** The venue took the position, or a part of it, from its owner: liquidated or deleveraged it. */
  liquidation: boolean;
  /** The account's position right before the fill, negative for short; set only where positions are netted. */
  positionBefore?: DecimalString;
  time: number;
  /** The venue's id of the entry whose position the fill opened or closed; only with `separatePositions`. */
  positionId?: VenueOrderId;
  /** What of that position's protection fired, where the venue gives it no order of its own. */
  firedLeg?: 'stop' | 'take_profit';
}

export interface VenuePosition {
  symbol: Symbol;
  /** The venue's id of the entry that opened it; only with `separatePositions`. */
  positionId?: VenueOrderId;
  /** Negative for short. */
  size: DecimalString;
  entryPrice: DecimalString;
  /** Value in USD at the present price; never negative. */
  valueUsd: DecimalString;
  liquidationPrice: DecimalString | null;
  leverage: number;
}

export interface VenueOpenOrder {
  symbol: Symbol;
  clientOrderId: ClientOrderId | null;
  venueOrderId: VenueOrderId;
  side: OrderSide;
  size: DecimalString;
  price: DecimalString;
  triggerPrice: DecimalString | null;
  reduceOnly: boolean;
}

export interface AccountState {
  /** Epoch ms, by the venue's clock, of the state that is reported; left out when the venue does not say. */
  time?: number | undefined;
  equityUsd: DecimalString;
  freeMarginUsd: DecimalString;
  /** Free margin of markets that have collateral of their own, by the part of their names before the colon. */
  ownMarginsUsd?: Readonly<Record<string, DecimalString>>;
  /** What positions that the account as a whole backs can lose before the venue liquidates them. */
  spareEquityUsd: DecimalString;
  /** One for each instrument; with `separatePositions` one for each entry. */
  positions: VenuePosition[];
}

export interface VenueFunding {
  symbol: Symbol;
  /** Negative when paid. */
  amountUsd: DecimalString;
  time: number;
  /** The venue's id of the entry whose position it was paid for; only with `separatePositions`. */
  positionId?: VenueOrderId;
  /** The position it was paid for, negative for short; left out with `separatePositions`. */
  size?: DecimalString;
}

/** How an account margins positions in one instrument. */
export interface MarginSetting {
  /** The position is backed by the whole account, not by an amount of its own. */
  isCross: boolean;
  leverage: number;
}

/**
 * What a venue lets a trading key do for an account.
 * - `approved`: trade, until `validUntil` (epoch ms) where the venue names a time.
 * - `expired`: nothing any more; the owner approves a new one.
 * - `removed`: nothing; it was never let in, was taken back, or another took its place.
 */
export type KeyState =
  | { state: 'approved'; validUntil: number | null }
  | { state: 'expired'; validUntil: number }
  | { state: 'removed' };

/** Reads an account at a venue. Every method throws `VenueError` when the venue cannot be read. */
export interface AccountClient {
  account(accountId: AccountId): Promise<AccountState>;
  openOrders(accountId: AccountId): Promise<VenueOpenOrder[]>;
  /**
   * The newest order with this client id, or null when the venue does not know it. Venues without client ids find
   * it by the `reference` noted when it was sent, or by their own id for it.
   */
  orderByClientId(
    accountId: AccountId,
    clientOrderId: ClientOrderId,
    reference?: string | null,
  ): Promise<OrderReport | null>;
  /** All fills from `sinceMs` on, oldest first, paged to the end. */
  fillsSince(accountId: AccountId, sinceMs: number): Promise<VenueFill[]>;
  fundingSince(accountId: AccountId, sinceMs: number): Promise<VenueFunding[]>;
  /**
   * How a position in the instrument would be margined. Only at venues where that is a setting of the account, which
   * `setLeverage` changes.
   */
  marginSetting?(accountId: AccountId, symbol: Symbol): Promise<MarginSetting>;
  /**
   * Returns at once what the account pays for trades in the instrument, as the venue last said; what is old is asked for
   * in the background. Until the venue has said, these are its usual fees.
   */
  fees(accountId: AccountId, symbol: Symbol): TradeFees;
  /** Returns whether the key may trade for the account now, and until when. */
  keyState(accountId: AccountId, signerAddress: string): Promise<KeyState>;
}

export interface PriceTick {
  symbol: Symbol;
  /** The price resident triggers fire on. */
  price: DecimalString;
  t: number;
  /** False outside the hours of the market; left out by venues that never close. */
  open?: boolean;
}

/** What trading an instrument costs now. */
export interface MarketQuote extends QuotedCosts {
  symbol: Symbol;
  t: number;
}

export interface Candle {
  openedAt: number;
  closedAt: number;
  open: DecimalString;
  high: DecimalString;
  low: DecimalString;
  close: DecimalString;
  /** In units of what is traded; null where the venue does not say. */
  volume: DecimalString | null;
}

export type CandleInterval = '1m' | '1h';

export interface StreamHandlers {
  onPrice(tick: PriceTick): void;
  onFills(accountId: AccountId, fills: VenueFill[]): void;
  /** The stream is up, for the first time or again: what happened in between has to be asked for. */
  onUp(): void;
  /** The stream is down; it reconnects by itself. */
  onDown(reason: string): void;
}

/** A live connection. Subscriptions survive reconnects. */
export interface VenueStream {
  /** Follows exactly these from now on: what is not in the list is let go. */
  watchPrices(symbols: readonly Symbol[]): void;
  /**
   * Follows exactly these accounts from now on and returns those beyond the venue's limit, which are not followed.
   * Accounts followed already come first.
   */
  watchFills(accountIds: readonly AccountId[]): AccountId[];
  close(): Promise<void>;
}

export interface MarketDataClient {
  instruments(): Promise<Instrument[]>;
  /** The trigger price of every instrument. */
  prices(): Promise<PriceTick[]>;
  /** The costs of one instrument; null when the venue does not list it. Asked only where costs decide. */
  quote(symbol: Symbol): Promise<MarketQuote | null>;
  /**
   * Candles of the traded price, oldest first, covering [fromMs, toMs]; of a minute each unless given. Empty where the
   * venue publishes none.
   */
  candles(symbol: Symbol, fromMs: number, toMs: number, interval?: CandleInterval): Promise<Candle[]>;
  /** Funding, open interest and volume of each market; empty where the venue publishes none. */
  activity(): Promise<ReadonlyMap<Symbol, MarketActivity>>;
  stream(handlers: StreamHandlers): VenueStream;
  /** Round trip to the venue in ms; throws `VenueError` when it is down. */
  ping(): Promise<number>;
}

/** A place to trade. */
export interface Venue {
  readonly name: VenueName;
  readonly capabilities: Capabilities;
  readonly execution: ExecutionClient;
  readonly accounts: AccountClient;
  readonly market: MarketDataClient;
  readonly approvals: ApprovalClient;
  /** The client id of an order, derived so that every retry arrives at the same one. */
  clientOrderId(tradeId: string, leg: string, legNumber: number, revision: number): ClientOrderId;
  /**
   * Returns the venue's time in epoch ms, as its answers tell it; null until one has. Only for venues that take
   * nonces near their own time.
   */
  clock?(): number | null;
  close(): Promise<void>;
}

/** Whether a retry can help after an error. */
export type RetryVerdict = 'retry' | 'postpone' | 'fatal';

/** A venue could not be read. `code` is stable and reaches log, API and retry policy alike. */
export class VenueError extends Error {
  override name = 'VenueError';
  readonly code: string;
  readonly verdict: RetryVerdict;

  constructor(code: string, message: string, verdict: RetryVerdict, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.verdict = verdict;
  }
}
