import type { FeedFactory } from './feed.ts';

/** A feed that goes on only from a position of the replay of this name; from that of any other it starts over. */
export function namedReplay(name: string, make: FeedFactory): FeedFactory {
  return (position, market) => {
    const feed = make(positionIn(name, position), market);
    return {
      coins: feed.coins,
      run: (onTick) => feed.run(onTick),
      pause: () => feed.pause(),
      resume: () => feed.resume(),
      stop: () => feed.stop(),
      position: () => ({ replay: name, at: feed.position() }),
    };
  };
}

function positionIn(name: string, position: unknown): unknown {
  const isOwn = typeof position === 'object' && position !== null && 'replay' in position && 'at' in position;
  return isOwn && position.replay === name ? position.at : undefined;
}
