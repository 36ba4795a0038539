// oxlint-disable vitest/no-standalone-expect -- a trader is used by cases, which are the tests

import { expect } from 'vitest';
import { roundPrice, type Instrument } from '#domain/instrument.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { ClientOrderId } from '#domain/ids.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import { until } from '#tests/support/trading-system.ts';
import type { AccountState, OrderRequest, Outcome, TradingAccount, VenueFill } from '#venues/venue.ts';
import type { VenueHarness } from './harness.ts';

const DEPOSIT_USDC = '10000';
/** How much worse than the market a price may be, %. */
const SLIPPAGE_PCT = 1;
let trades = 0;

/** A command as it was sent. */
export interface Sent<Value> {
  outcome: Outcome<Value>;
  nonce: number;
  reference: string | null;
}

/** An account at a venue, with the commands and questions that cases have for every venue. */
export class Trader {
  readonly harness: VenueHarness;
  readonly account: TradingAccount;
  readonly instrument: Instrument;
  readonly #tradeId = `conformance-${(trades += 1)}`;
  readonly #references = new Map<ClientOrderId, string>();

  private constructor(harness: VenueHarness, account: TradingAccount, instrument: Instrument) {
    this.harness = harness;
    this.account = account;
    this.instrument = instrument;
  }

  /** Heals the venue, sets the price with which cases begin, and opens an account. */
  static async open(harness: VenueHarness): Promise<Trader> {
    await harness.heal();
    await harness.setPrice(harness.price);
    const instruments = await harness.venue.market.instruments();
    const instrument = instruments.find(({ symbol }) => symbol === harness.symbol);
    if (!instrument) throw new Error(`${harness.name} does not list ${harness.symbol}`);
    return new Trader(harness, await harness.openAccount(DEPOSIT_USDC), instrument);
  }

  /** Returns a valid price `pct` % above the one with which a case begins. */
  priceAt(pct: number): DecimalString {
    const price = amount(String(this.harness.price)).mul(1 + pct / 100);
    return decimalString(roundPrice(this.instrument, price, 'nearest'));
  }

  /** Returns an order that buys at market. */
  entry(changes: Partial<OrderRequest> = {}): OrderRequest {
    return this.#order('entry', 0, { price: this.priceAt(SLIPPAGE_PCT), ...changes });
  }

  /** Returns an order that sells `size` once the price has fallen by `pct` %. */
  stop(size: DecimalString, pct: number): OrderRequest {
    const triggerPrice = this.priceAt(-pct);
    const price = this.priceAt(-pct - 5);
    return this.#order('stop', 0, { kind: 'stop_trigger', side: 'sell', size, triggerPrice, price });
  }

  /** Returns an order that sells `size` once the price has risen by `pct` %. */
  target(size: DecimalString, pct: number): OrderRequest {
    const triggerPrice = this.priceAt(pct);
    const price = this.priceAt(pct - 5);
    const terms = { kind: 'take_profit_trigger', side: 'sell', size, triggerPrice, price } as const;
    return this.#order('take_profit', 0, terms);
  }

  /** Returns an order that sells at market; `revision` tells closing orders apart. */
  exit(size: DecimalString, revision = 0): OrderRequest {
    return this.#order('exit', revision, { side: 'sell', size, price: this.priceAt(-SLIPPAGE_PCT) });
  }

  #order(leg: string, revision: number, terms: Partial<OrderRequest>): OrderRequest {
    return {
      clientOrderId: this.harness.venue.clientOrderId(
        this.#tradeId,
        leg,
        leg === 'take_profit' ? 1 : 0,
        revision,
      ),
      instrument: this.instrument,
      side: 'buy',
      kind: 'ioc',
      size: this.harness.size,
      triggerPrice: null,
      reduceOnly: leg !== 'entry',
      price: this.priceAt(0),
      ...terms,
    };
  }

  /** Sends orders once, as the order sender does, and keeps the reference that finds the command later. */
  async send(
    orders: readonly OrderRequest[],
    { nonce = this.harness.nextNonce(), account = this.account } = {},
  ): Promise<Sent<OrderReport[]>> {
    let reference: string | null = null;
    const grouping = orders.length > 1 ? 'attached' : 'single';
    const outcome = await this.harness.venue.execution.place(account, orders, grouping, {
      nonce,
      note: async (noted) => {
        reference = noted;
        for (const { clientOrderId } of orders) this.#references.set(clientOrderId, noted);
        return true;
      },
    });
    return { outcome, nonce, reference };
  }

  /** Sends orders and returns the reports, settled where the venue fills later; fails unless they were confirmed. */
  async place(...orders: OrderRequest[]): Promise<OrderReport[]> {
    const { outcome, reference } = await this.send(orders);
    const [first, ...others] = confirmed(outcome);
    const [order] = orders;
    if (!first || !order) throw new Error('nothing was placed');
    const { settle } = this.harness.venue.execution;
    if (!settle || isOver(first.status) || first.status === 'resting') return [first, ...others];
    const noted = { clientOrderId: order.clientOrderId, instrument: this.instrument, reference };
    const settled = await until('the order to be over', async () => {
      const report = confirmed(await settle(this.account, noted, { nonce: this.harness.nextNonce() }));
      return isOver(report.status) && report;
    });
    return [settled, ...others];
  }

  /**
   * Places an order exactly once, as the order sender does: fences a command without an answer, and sends it again only
   * when it never took effect.
   */
  async placeOnce(order: OrderRequest): Promise<OrderReport> {
    const { outcome, nonce, reference } = await this.send([order]);
    if (outcome.kind === 'confirmed') return only(outcome.value);
    if (outcome.kind === 'unresolved') {
      const fence = await this.harness.venue.execution.fence(this.account, nonce, reference);
      if (confirmed(fence) === 'landed')
        return until('the order to be found', async () => (await this.lookUp(order)) ?? false);
    }
    return only(await this.place(order));
  }

  /** Opens a position of the usual size and returns the size that the venue reports. */
  async openPosition(): Promise<DecimalString> {
    expect(only(await this.place(this.entry()))).toMatchObject({ status: 'filled' });
    return this.held();
  }

  /** Returns the venue's report of an order; null when the venue does not know it. */
  lookUp({ clientOrderId }: OrderRequest): Promise<OrderReport | null> {
    const reference = this.#references.get(clientOrderId) ?? null;
    return this.harness.venue.accounts.orderByClientId(this.account.accountId, clientOrderId, reference);
  }

  state(): Promise<AccountState> {
    return this.harness.venue.accounts.account(this.account.accountId);
  }

  /** Returns the signed size of the position in the instrument, `0` when there is none. */
  async held(): Promise<DecimalString> {
    const { positions } = await this.state();
    const own = positions.filter(({ symbol }) => symbol === this.instrument.symbol);
    return decimalString(sum(own.map(({ size }) => size)));
  }

  fills(): Promise<VenueFill[]> {
    return this.harness.venue.accounts.fillsSince(this.account.accountId, 0);
  }

  openOrders() {
    return this.harness.venue.accounts.openOrders(this.account.accountId);
  }

  async expectFlat(): Promise<void> {
    expect(await until('no position', async () => (await this.held()) === '0')).toBe(true);
  }

  /** Expects the fills of one entry order, and the position that they make. */
  async expectEnteredOnce(): Promise<void> {
    const bought = (await this.fills()).filter(({ side }) => side === 'buy');
    expect(new Set(bought.map(({ venueOrderId }) => venueOrderId)).size).toBe(1);
    expect(amount(await this.held()).toNumber()).toBeCloseTo(
      sum(bought.map(({ size }) => size)).toNumber(),
      8,
    );
  }

  /** Expects fills and funding of a flat account to explain the change of its equity. */
  async expectFillsToExplainMoney(): Promise<void> {
    const since = 0;
    const [fills, funding, { equityUsd }] = await Promise.all([
      this.fills(),
      this.harness.venue.accounts.fundingSince(this.account.accountId, since),
      this.state(),
    ]);
    const cash = fills.map(({ side, price, size, feeUsd }) =>
      amount(price)
        .mul(size)
        .mul(side === 'buy' ? -1 : 1)
        .sub(feeUsd),
    );
    const explained = sum([...cash, ...funding.map(({ amountUsd }) => amountUsd)]).add(DEPOSIT_USDC);
    expect(explained.sub(equityUsd).abs().toNumber()).toBeLessThan(1e-4);
  }
}

/** Returns the value that the venue confirmed. Throws with the outcome when it did not confirm. */
export function confirmed<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind !== 'confirmed') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

/** Returns the one item. Throws when there are none or several. */
export function only<Item>(items: readonly Item[]): Item {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) throw new Error(`${items.length} where one was expected`);
  return item;
}

/** Returns the code of a refusal, of the action, of its order or of the settlement; null when nothing was refused. */
export function refusalCode(outcome: Outcome<OrderReport[]>): string | null {
  if (outcome.kind === 'unresolved') return null;
  if (outcome.kind !== 'confirmed') return outcome.code;
  const report = only(outcome.value);
  return report.filledSize === '0' ? report.code : null;
}
