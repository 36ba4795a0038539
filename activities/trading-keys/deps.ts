import type { TradingDeps } from '../deps.ts';

export type KeyDeps = Pick<TradingDeps, 'db' | 'venues' | 'masterKeys' | 'logger' | 'now'>;

/** Who looks after keys when nobody asks to. */
export const KEY_KEEPER = 'system (trading keys)';
