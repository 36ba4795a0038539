import { activeAssetData } from '@nktkas/hyperliquid/api/info';
import type { AccountId, Symbol } from '#domain/ids.ts';
import type { MarginSetting } from '../venue.ts';
import type { HyperliquidClient } from './client.ts';
import * as schemas from './schemas.ts';

/** Source: official documentation, "rate limits". */
const WEIGHT = 20;
/** Older knowledge is used all the same, and asked for again meanwhile. */
const FRESH_MS = 600_000;
/** Accounts times instruments remembered; beyond them all are forgotten. */
const MAX_KNOWN = 50_000;

/** How accounts margin their instruments, as the venue says and as it confirmed: an entry waits for it only once. */
export interface MarginSettings {
  /** Throws `VenueError` when it is not known and the venue cannot say. */
  of(user: AccountId, coin: Symbol): Promise<MarginSetting>;
  /** The venue showed or confirmed it. */
  note(user: AccountId, coin: Symbol, setting: MarginSetting): void;
  /** The venue said something that does not fit what is known. */
  forget(user: AccountId, coin: Symbol): void;
}

export function createMarginSettings(client: HyperliquidClient): MarginSettings {
  const known = new Map<string, { setting: MarginSetting; confirmedAt: number }>();
  const asked = new Map<string, Promise<MarginSetting>>();

  function note(user: AccountId, coin: Symbol, setting: MarginSetting): void {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(keyOf(user, coin), { setting, confirmedAt: Date.now() });
  }

  async function ask(user: AccountId, coin: Symbol, priority: 'entry' | 'read'): Promise<MarginSetting> {
    const { leverage } = await client.info({
      schema: schemas.activeAssetData,
      weight: WEIGHT,
      priority,
      ask: (config) => activeAssetData(config, { user, coin }),
    });
    const setting = settingOf(leverage);
    note(user, coin, setting);
    return setting;
  }

  function askOnce(user: AccountId, coin: Symbol, priority: 'entry' | 'read'): Promise<MarginSetting> {
    const key = keyOf(user, coin);
    const answer = asked.get(key) ?? ask(user, coin, priority).finally(() => asked.delete(key));
    asked.set(key, answer);
    return answer;
  }

  return {
    async of(user, coin) {
      const found = known.get(keyOf(user, coin));
      if (!found) return askOnce(user, coin, 'entry');
      // What cannot be asked for now is asked for with the next entry.
      if (Date.now() - found.confirmedAt > FRESH_MS) askOnce(user, coin, 'read').catch(() => undefined);
      return found.setting;
    },
    note,
    forget: (user, coin) => void known.delete(keyOf(user, coin)),
  };
}

const keyOf = (user: AccountId, coin: Symbol): string => `${user}/${coin}`;

/** What the venue calls a leverage. */
export const settingOf = ({ type, value }: { type: string; value: number }): MarginSetting => ({
  isCross: type === 'cross',
  leverage: value,
});
