import type { Feed, FeedFactory } from './feed.ts';

/**
 * Two feeds as one: the prices end when those of `leading` end. `filling` drives the coins that `leading` does not,
 * and starts with its first price, so that nobody sees a coin of `leading` before its own first price.
 */
export function combinedFeed(leading: FeedFactory, filling: FeedFactory): FeedFactory {
  return (position, market) => {
    const { leading: first, filling: second } = partsOf(position);
    return new CombinedFeed(leading(first, market), filling(second, market));
  };
}

function partsOf(position: unknown): { leading: unknown; filling: unknown } {
  if (typeof position !== 'object' || position === null) return { leading: undefined, filling: undefined };
  return {
    leading: 'leading' in position ? position.leading : undefined,
    filling: 'filling' in position ? position.filling : undefined,
  };
}

class CombinedFeed implements Feed {
  readonly coins: readonly string[];
  readonly #leading: Feed;
  readonly #filling: Feed;

  constructor(leading: Feed, filling: Feed) {
    this.#leading = leading;
    this.#filling = filling;
    this.coins = [...leading.coins, ...filling.coins];
  }

  async run(onTick: (coin: string, px: string) => void): Promise<void> {
    let filled: Promise<void> | undefined;
    try {
      await this.#leading.run((coin, px) => {
        onTick(coin, px);
        filled ??= this.#filling.run(onTick);
      });
    } finally {
      this.#filling.stop();
      await filled;
    }
  }

  pause(): void {
    this.#leading.pause();
    this.#filling.pause();
  }

  resume(): void {
    this.#leading.resume();
    this.#filling.resume();
  }

  stop(): void {
    this.#leading.stop();
    this.#filling.stop();
  }

  position(): object {
    return { leading: this.#leading.position(), filling: this.#filling.position() };
  }
}
