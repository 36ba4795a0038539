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

/** Order ids start past 32 bits, as the real venue's do, so that clients which truncate them fail here too. */
const FIRST_OID = 8_600_000_001;
const FIRST_TID = 118_906_512_037_000;
const HISTORY_LIMIT = 2_000;
const FILL_LIMIT = 10_000;

export interface ExchangeOptions {
  readonly network: Network;
  readonly universe: readonly PerpSpec[];
  readonly builtMarkets?: readonly BuiltMarket[];
  readonly books: Readonly<Record<string, Partial<BookShape>>>;
  /** Answer to a stand-alone trigger order; reports of the real venue differ, clients must take either. */
  readonly triggerAnswer: 'resting' | 'waitingForTrigger';
  /** Enforce each address's budget of requests. */
  readonly enforceLimits?: boolean;
  /** Deregister the agents of an account that holds nothing any longer, and forget their nonces. */
  readonly pruneEmpty?: boolean;
}

type Listener = (changes: Changes) => void;

/** The whole state of the stand-in. Modules around it change it; `commit` makes the changes durable and public. */
export class Exchange {
  readonly options: ExchangeOptions;
  /** The venue's own markets in the order of their asset ids, then those built by others. */
  readonly markets: readonly TradedMarket[];
  readonly byAsset: TradedMarketsById;
  readonly accounts = new Map<string, Account>();
  readonly orders = new Map<number, Order>();
  /** Orders held back until their parent is filled, by the parent's id. */
  readonly childrenOf = new Map<number, Order[]>();
  readonly nonces = new NonceBook();
  /** Account that last approved an agent, by the agent's address. */
  readonly ownerByAgent = new Map<string, string>();
  readonly faults = new FaultPlan();
  /** What accounts and orders were, while reads are told to lag. */
  readonly past = new Past(this);
  readonly history = new History();
  /** Whose request is being performed; null while none is. */
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

  /** Called with every committed set of changes, in the order of registration. */
  onCommit(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Hands what changed since the last commit to the listeners; the journal is the first of them. */
  commit(): void {
    if (this.options.pruneEmpty)
      for (const account of this.changes.accounts) pruneIfEmpty(account, this.byAsset, this.nonces);
    const { changes } = this;
    this.changes = noChanges();
    this.past.record(changes, Date.now());
    this.history.add(changes, this.signer);
    for (const listener of this.#listeners) listener(changes);
  }

  /** The market of an asset id that has been checked. */
  marketOf(asset: number): TradedMarket {
    return this.byAsset.get(asset)!;
  }

  /** The names of those who built markets, after the empty one of the venue's own. */
  get dexes(): string[] {
    return ['', ...(this.options.builtMarkets ?? []).map(({ name }) => name)];
  }

  /** The markets of one builder, with an empty name the venue's own. */
  marketsIn(dex: string): TradedMarket[] {
    return this.markets.filter((market) => market.dex === dex);
  }

  market(coin: unknown): TradedMarket | undefined {
    return this.#marketByCoin.get(String(coin));
  }

  account(address: string): Account | undefined {
    return this.accounts.get(address.toLowerCase());
  }

  /** The account of `address`, opened empty when there is none. */
  openAccount(address: string, master: string | null = null, name = ''): Account {
    const key = address.toLowerCase();
    const existing = this.accounts.get(key);
    if (existing) return existing;
    const account = newAccount(key, master, name);
    this.accounts.set(key, account);
    this.touch(account);
    return account;
  }

  /** Marks an account as changed; to be called once the change is made. */
  touch(account: Account): void {
    for (const asset of account.positions.keys()) this.marketOf(asset).liquidationMarks.delete(account);
    this.changes.accounts.add(account);
  }

  /** Adds to (or with a negative amount takes from) what an account holds, as a transfer that is not trading. */
  transfer(account: Account, usd: Amount, entry: WireLedgerEntry): void {
    account.cash = account.cash.add(usd);
    account.deposited = account.deposited.add(usd);
    this.enterInLedger(account, entry);
  }

  /** Adds an entry to an account's ledger; what it tells of happens elsewhere. */
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

  /** Puts a live order where its phase says it waits. */
  enter(order: Order): void {
    if (order.phase === 'closed') return;
    this.accounts.get(order.user)!.openOids.add(order.oid);
    this.marketOf(order.asset).orders.add(order);
    if (order.phase !== 'waiting' || order.parentOid === null) return;
    const siblings = this.childrenOf.get(order.parentOid) ?? [];
    this.childrenOf.set(order.parentOid, [...siblings, order]);
  }

  /** Takes an order off the book, the trigger list or its parent, before its phase changes. */
  leave(order: Order): void {
    this.accounts.get(order.user)!.openOids.delete(order.oid);
    this.marketOf(order.asset).orders.remove(order);
    order.phase = 'closed';
  }

  /** Sets an order's status word and tells its owner. */
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
    // Payments of one millisecond have times of their own, of which the last lies ahead.
    const paidAt = account.fundings.at(-1)?.time ?? 0;
    const fill = { ...filled, time: Math.max(filled.time, paidAt + 1) };
    account.fills.push(fill);
    if (account.fills.length > FILL_LIMIT) account.fills.shift();
    this.changes.fills.push({ account, fill });
    this.touch(account);
  }

  /** A transaction hash; unique, and otherwise without meaning. */
  newHash(): string {
    return `0x${randomBytes(32).toString('hex')}`;
  }

  /** Open orders of an account, oldest first, optionally of one coin. */
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
