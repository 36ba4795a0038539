import type { HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { COINS, PAIRS } from '../plan.ts';
import { createRandom } from '../random.ts';

const TICK_MS = 100;
const STEP = 0.0012;
const JUMP = 0.012;
const JUMP_CHANCE = 0.004;
/** Ostium's prices move with every so manyth tick. */
const OSTIUM_EVERY = 3;
const FIGURES = 5;

/** Moves the prices of both venues along seeded walks, with a jump now and then. */
export class Prices {
  readonly #random;
  readonly #hyperliquid: HyperliquidSandbox;
  readonly #ostium: OstiumSandbox;
  readonly #now = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(seed: number, hyperliquid: HyperliquidSandbox, ostium: OstiumSandbox) {
    this.#random = createRandom(seed ^ 0x9e3779b9);
    this.#hyperliquid = hyperliquid;
    this.#ostium = ostium;
    const { marks } = hyperliquid.state();
    const { prices } = ostium.control.state();
    for (const coin of COINS) this.#now.set(coin, Number(marks[coin]));
    for (const pair of PAIRS) this.#now.set(pair, Number(prices[pair]));
  }

  /** Returns the price of a coin or pair as it stands. */
  of(market: string): number {
    return this.#now.get(market) ?? 0;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#ticks += 1;
    const prices = COINS.map((coin) => ({ coin, price: this.#move(coin, 1) }));
    this.#hyperliquid.control({ type: 'setPrices', prices });
    if (this.#ticks % OSTIUM_EVERY !== 0) return;
    for (const pair of PAIRS) this.#ostium.control.setPrice(pair, this.#move(pair, Math.sqrt(OSTIUM_EVERY)));
  }

  #move(market: string, scale: number): number {
    const size = this.#random.chance(JUMP_CHANCE) ? JUMP : STEP;
    const moved = this.of(market) * Math.exp(this.#random.normal() * size * scale);
    const price = Number(moved.toPrecision(FIGURES));
    this.#now.set(market, price);
    return price;
  }
}
