import type { Feed, FeedFactory } from './feed.ts';
import { Pacer } from './pacer.ts';

export interface GeneratorOptions {
  /** Same seed, same prices. */
  readonly seed: number;
  /** Coins to drive, with their starting prices. */
  readonly coins: readonly { readonly coin: string; readonly basePx: string; readonly decimals: number }[];
  /** Multiplies the pace of ticks; 1 is ten ticks a second per coin. */
  readonly speed?: number;
  /** Where an earlier run stood, from `position()`. */
  readonly resume?: GeneratorPosition;
  /** Ticks per coin after which prices end; endless unless given. */
  readonly ticks?: number;
}

export interface GeneratorPosition {
  readonly random: number;
  readonly ticks: number;
  readonly walks: Record<string, Walk>;
}

/** Returns a feed that generates prices of the venue's own coins, or of `coins`, and goes on from its last position. */
export function generatorFeed(options: {
  seed: number;
  speed?: number;
  coins?: readonly string[];
}): FeedFactory {
  const { seed, speed = 1, coins } = options;
  return (position, { markets }) =>
    new GeneratorFeed({
      seed,
      speed,
      coins: markets
        .filter(({ coin, dex }) => coins?.includes(coin) ?? dex === '')
        .map(({ coin, spec }) => ({ coin, basePx: spec.basePx, decimals: 6 - spec.szDecimals })),
      ...(isPosition(position) && { resume: position }),
    });
}

function isPosition(position: unknown): position is GeneratorPosition {
  return typeof position === 'object' && position !== null && 'walks' in position && 'random' in position;
}

interface Walk {
  /** Logarithm of price over base price, and of the level it returns to. */
  x: number;
  anchor: number;
  volatility: number;
}

const TICKS_PER_SECOND = 10;
/** Per tick: how fast price returns to its anchor, how far the anchor drifts, and the usual size of a step. */
const REVERSION = 0.01;
const ANCHOR_STEP = 0.0006;
const BASE_VOLATILITY = 0.0006;
const VOLATILITY_REVERSION = 0.02;
const VOLATILITY_STEP = 0.12;
const ANCHOR_PULL = 0.002;
const MAX_DEVIATION = 0.5;

/**
 * Endless prices around each coin's base price: mean-reverting to a wandering level, with volatility that comes in
 * spells, so that moves of 0.3 to 2 % happen within tens of seconds. Deterministic for a seed and a list of coins.
 */
export class GeneratorFeed implements Feed {
  readonly coins: readonly string[];
  readonly #options: GeneratorOptions;
  readonly #pacer = new Pacer();
  readonly #walks: Record<string, Walk>;
  #random: number;
  #ticks: number;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.coins = options.coins.map(({ coin }) => coin);
    this.#random = options.resume?.random ?? options.seed >>> 0;
    this.#ticks = options.resume?.ticks ?? 0;
    this.#walks = Object.fromEntries(
      this.coins.map((coin) => [
        coin,
        { ...(options.resume?.walks[coin] ?? { x: 0, anchor: 0, volatility: BASE_VOLATILITY }) },
      ]),
    );
  }

  async run(onTick: (coin: string, px: string) => void): Promise<void> {
    const { coins, speed = 1, ticks = Infinity } = this.#options;
    const gapMs = 1_000 / TICKS_PER_SECOND / speed;
    while (this.#ticks < ticks) {
      await this.#pacer.next(gapMs);
      if (this.#pacer.stopped) return;
      for (const { coin, basePx, decimals } of coins)
        onTick(coin, this.#step(coin, Number(basePx), decimals));
      this.#ticks++;
    }
  }

  pause(): void {
    this.#pacer.halt();
  }

  resume(): void {
    this.#pacer.proceed();
  }

  stop(): void {
    this.#pacer.stop();
  }

  position(): GeneratorPosition {
    return { random: this.#random, ticks: this.#ticks, walks: structuredClone(this.#walks) };
  }

  #step(coin: string, basePx: number, decimals: number): string {
    const walk = this.#walks[coin]!;
    const pull = (BASE_VOLATILITY - walk.volatility) * VOLATILITY_REVERSION;
    walk.volatility = Math.max(
      BASE_VOLATILITY / 4,
      walk.volatility * (1 + VOLATILITY_STEP * this.#normal()) + pull,
    );
    walk.volatility = Math.min(walk.volatility, BASE_VOLATILITY * 4);
    walk.anchor = clamp(walk.anchor * (1 - ANCHOR_PULL) + ANCHOR_STEP * this.#normal());
    walk.x = clamp(walk.x + REVERSION * (walk.anchor - walk.x) + walk.volatility * this.#normal());
    return (basePx * Math.exp(walk.x)).toFixed(decimals);
  }

  /** Roughly normal: the sum of twelve uniforms less six. */
  #normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.#uniform();
    return sum;
  }

  /** Mulberry32. */
  #uniform(): number {
    this.#random = (this.#random + 0x6d2b79f5) >>> 0;
    let t = this.#random;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}

function clamp(x: number): number {
  return Math.max(-MAX_DEVIATION, Math.min(MAX_DEVIATION, x));
}
