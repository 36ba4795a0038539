import { randomBytes } from 'node:crypto';
import { newAccount } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import type { Amount } from '../wire/amounts.ts';
import type { BookShape } from '../market/synthetic-book.ts';
import { builtAssetId } from '../market/built-markets.ts';
import type { BuiltMarket } from '../market/built-markets.ts';
import { noChanges } from './changes.ts';
import type { Changes } from './changes.ts';
import { FaultPlan } from './faults.ts';
import { History } from './history.ts';
import { TradedMarket } from './traded-market.ts';
import type { TradedMarketsById } from './traded-market.ts';
import { NonceBook } from './nonces.ts';
import { openOrderWire } from '../orders/order-wire.ts';
import { Past } from './past.ts';
import { pruneIfEmpty } from './pruning.ts';
import type { Network } from '../wire/signing.ts';
import type { Order } from '../orders/order.ts';
import type { PerpSpec } from '../market/universe.ts';
import type { WireFill, WireLedgerEntry } from '../wire/rows.ts';

/** First order id. It needs more than 32 bits, as at the real venue, so that a client that truncates ids fails here. */
const FIRST_OID = 8_600_000_001;
const FIRST_TID = 118_906_512_037_000;
const HISTORY_LIMIT = 2_000;
const FILL_LIMIT = 10_000;

export interface ExchangeOptions {
  readonly network: Network;
  readonly universe: readonly PerpSpec[];
  readonly builtMarkets?: readonly BuiltMarket[];
  readonly books: Readonly<Record<string, Partial<BookShape>>>;
  /** Answer to a trigger order without group. Reports of the real venue differ, so clients must accept both. */
  readonly triggerAnswer: 'resting' | 'waitingForTrigger';
  /** Refuse requests of an address beyond its budget. */
  readonly enforceLimits?: boolean;
  /** Deregister the agents of an account that holds nothing any longer, and forget their nonces. */
  readonly pruneEmpty?: boolean;
}

type Listener = (changes: Changes) => void;

/**
 * The whole state of the sandbox: accounts, orders, markets and nonces. Other modules change it and note each change
 * in `changes`; `commit` writes the changes to the state file and sends them to the streams.
 */
export class Exchange {
  readonly options: ExchangeOptions;
  /** The venue's own markets in the order of their asset ids, then the markets of builders. */
  readonly markets: readonly TradedMarket[];
  readonly byAsset: TradedMarketsById;
  readonly accounts = new Map<string, Account>();
  readonly orders = new Map<number, Order>();
  /** Orders that wait until their parent is filled, by the parent's order id. */
  readonly childrenOf = new Map<number, Order[]>();
  readonly nonces = new NonceBook();
  /** Address of the account that last approved an agent, by the agent's address. */
  readonly ownerByAgent = new Map<string, string>();
  readonly faults = new FaultPlan();
  /** Earlier accounts and orders, kept while a fault makes reads lag. */
  readonly past = new Past(this);
  readonly history = new History();
  /** Address that signed the request being performed, null between requests. */
  signer: string | null = null;
  nextOid = FIRST_OID;
  nextTid = FIRST_TID;
  changes: Changes = noChanges();
  readonly #marketByCoin = new Map<string, TradedMarket>();
  readonly #listeners: Listener[] = [];

  constructor(options: ExchangeOptions) {
    this.options = options;
    this.markets = listedMarkets(options);
    this.byAsset = new Map(this.markets.map((market) => [market.asset, market]));
    for (const market of this.markets) this.#marketByCoin.set(market.coin, market);
  }

  get network(): Network {
    return this.options.network;
  }

  /** Registers a listener for every committed set of changes. Listeners are called in the order of registration. */
  onCommit(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Hands the changes since the last commit to the listeners. The state file is the first listener. */
  commit(): void {
    if (this.options.pruneEmpty)
      for (const account of this.changes.accounts) pruneIfEmpty(account, this.byAsset, this.nonces);
    const { changes } = this;
    this.changes = noChanges();
    this.past.record(changes, Date.now());
    this.history.add(changes, this.signer);
    for (const listener of this.#listeners) listener(changes);
  }

  /** Returns the market of an asset id that is known to exist. */
  marketOf(asset: number): TradedMarket {
    return this.byAsset.get(asset)!;
  }

  /** The names of all builders, after an empty name for the venue's own markets. */
  get dexes(): string[] {
    return ['', ...(this.options.builtMarkets ?? []).map(({ name }) => name)];
  }

  /** Returns the markets of one builder, or the venue's own for an empty name. */
  marketsIn(dex: string): TradedMarket[] {
    return this.markets.filter((market) => market.dex === dex);
  }

  market(coin: unknown): TradedMarket | undefined {
    return this.#marketByCoin.get(String(coin));
  }

  account(address: string): Account | undefined {
    return this.accounts.get(address.toLowerCase());
  }

  /** Returns the account of `address`, and opens an empty one if there is none. */
  openAccount(address: string, master: string | null = null, name = ''): Account {
    const key = address.toLowerCase();
    const existing = this.accounts.get(key);
    if (existing) return existing;
    const account = newAccount(key, master, name);
    this.accounts.set(key, account);
    this.touch(account);
    return account;
  }

  /** Marks an account as changed. Call it after the change. */
  touch(account: Account): void {
    for (const asset of account.positions.keys()) this.marketOf(asset).liquidationMarks.delete(account);
    this.changes.accounts.add(account);
  }

  /** Adds USDC to an account, or takes it if negative, and enters the transfer in the account's ledger. */
  transfer(account: Account, usd: Amount, entry: WireLedgerEntry): void {
    account.cash = account.cash.add(usd);
    account.deposited = account.deposited.add(usd);
    this.enterInLedger(account, entry);
  }

  /** Adds an entry to an account's ledger. It moves no money. */
  enterInLedger(account: Account, entry: WireLedgerEntry): void {
    account.ledger.push(entry);
    this.changes.ledger.push({ account, entry });
    this.touch(account);
  }

  addOrder(order: Order): void {
    const account = this.accounts.get(order.user)!;
    this.orders.set(order.oid, order);
    if (order.cloid) account.oidByCloid.set(order.cloid, order.oid);
    account.history.push(order.oid);
    if (account.history.length > HISTORY_LIMIT * 1.2) this.#forgetOldOrders(account);
    this.enter(order);
  }

  /** Adds a live order to the book, the trigger index or its parent, as its phase says. */
  enter(order: Order): void {
    if (order.phase === 'closed') return;
    this.accounts.get(order.user)!.openOids.add(order.oid);
    this.marketOf(order.asset).orders.add(order);
    if (order.phase !== 'waiting' || order.parentOid === null) return;
    const siblings = this.childrenOf.get(order.parentOid) ?? [];
    this.childrenOf.set(order.parentOid, [...siblings, order]);
  }

  /** Removes an order from the book or the trigger index and closes it. */
  leave(order: Order): void {
    this.accounts.get(order.user)!.openOids.delete(order.oid);
    this.marketOf(order.asset).orders.remove(order);
    order.phase = 'closed';
  }

  /** Sets an order's status and adds an update for its owner. */
  setStatus(order: Order, status: Order['status'], nowMs: number = Date.now()): void {
    order.status = status;
    order.statusTimestamp = nowMs;
    const account = this.accounts.get(order.user)!;
    this.changes.orders.add(order);
    this.changes.updates.push({
      account,
      update: { order: openOrderWire(order), status, statusTimestamp: nowMs },
    });
    this.touch(account);
  }

  addFill(account: Account, filled: WireFill): void {
    // Funding payments of one millisecond get increasing times, so the last one can lie in the future.
    const paidAt = account.fundings.at(-1)?.time ?? 0;
    const fill = { ...filled, time: Math.max(filled.time, paidAt + 1) };
    account.fills.push(fill);
    if (account.fills.length > FILL_LIMIT) account.fills.shift();
    this.changes.fills.push({ account, fill });
    this.touch(account);
  }

  /** Returns a new transaction hash: 32 random bytes. */
  newHash(): string {
    return `0x${randomBytes(32).toString('hex')}`;
  }

  /** Returns the open orders of an account, oldest first, of one coin if given. */
  openOrders(account: Account, asset?: number): Order[] {
    const open = [...account.openOids].map((oid) => this.orders.get(oid)!);
    return asset === undefined ? open : open.filter((order) => order.asset === asset);
  }

  #forgetOldOrders(account: Account): void {
    const surplus = account.history.length - HISTORY_LIMIT;
    const closed = account.history
      .filter((oid) => this.orders.get(oid)?.phase === 'closed')
      .slice(0, surplus);
    const gone = new Set(closed);
    for (const oid of closed) {
      const { cloid } = this.orders.get(oid)!;
      if (cloid && account.oidByCloid.get(cloid) === oid) account.oidByCloid.delete(cloid);
      this.orders.delete(oid);
    }
    const kept = account.history.filter((oid) => !gone.has(oid));
    account.history.splice(0, account.history.length, ...kept);
  }
}

function listedMarkets({ universe, builtMarkets = [], books }: ExchangeOptions): TradedMarket[] {
  const own = universe.map((spec, asset) => new TradedMarket(asset, spec, books[spec.name]));
  const built = builtMarkets.flatMap((market, i) =>
    market.universe.map(
      (spec, index) => new TradedMarket(builtAssetId(i + 1, index), spec, books[spec.name]),
    ),
  );
  return [...own, ...built];
}
