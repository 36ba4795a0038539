import { forwardNow } from '#process/clocks.ts';
import { activeAssetData } from '@nktkas/hyperliquid/api/info';
import type { AccountId, Symbol } from '#domain/ids.ts';
import { VenueError, type MarginSetting } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';

/** Source: official documentation, "rate limits". */
const WEIGHT = 20;
/** A setting is read again after this time, since the owner may have changed it. */
const FRESH_MS = 600_000;
/** Most reads under way at once; past them it costs less of the request budget to set the wanted leverage unread. */
const MAX_ASKED = 8;
/** Most settings that are remembered; past them all are forgotten. */
const MAX_KNOWN = 50_000;

/** Remembers how accounts margin their instruments. */
export interface MarginSettings {
  /** Returns a setting. Throws `VenueError` when the venue does not say, or too many reads are under way. */
  of(user: AccountId, coin: Symbol): Promise<MarginSetting>;
  /** Remembers a setting that the venue showed or confirmed. */
  note(user: AccountId, coin: Symbol, setting: MarginSetting): void;
  /** Forgets a setting that the venue contradicted. */
  forget(user: AccountId, coin: Symbol): void;
}

export function createMarginSettings(client: HyperliquidClient): MarginSettings {
  const known = new Map<string, { setting: MarginSetting; confirmedAt: number }>();
  const asked = new Map<string, Promise<MarginSetting>>();

  function note(user: AccountId, coin: Symbol, setting: MarginSetting): void {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(keyOf(user, coin), { setting, confirmedAt: forwardNow() });
  }

  async function ask(user: AccountId, coin: Symbol): Promise<MarginSetting> {
    const { leverage } = await client.info({
      schema: schemas.activeAssetData,
      weight: WEIGHT,
      ask: (config) => activeAssetData(config, { user, coin }),
    });
    const setting = settingOf(leverage);
    note(user, coin, setting);
    return setting;
  }

  return {
    async of(user, coin) {
      const key = keyOf(user, coin);
      const found = known.get(key);
      if (found && forwardNow() - found.confirmedAt <= FRESH_MS) return found.setting;
      const underWay = asked.get(key);
      if (underWay) return underWay;
      if (asked.size >= MAX_ASKED)
        throw new VenueError('rate_limited', 'many accounts are being asked about already', 'retry');
      const answer = ask(user, coin).finally(() => asked.delete(key));
      asked.set(key, answer);
      return answer;
    },
    note,
    forget: (user, coin) => void known.delete(keyOf(user, coin)),
  };
}

const keyOf = (user: AccountId, coin: Symbol): string => `${user}/${coin}`;

/** Returns a leverage in the form of the venue as a setting. */
export const settingOf = ({ type, value }: { type: string; value: number }): MarginSetting => ({
  isCross: type === 'cross',
  leverage: value,
});
