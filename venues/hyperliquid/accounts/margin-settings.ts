import { activeAssetData } from '@nktkas/hyperliquid/api/info';
import type { AccountId, Symbol } from '#domain/ids.ts';
import { VenueError, type MarginSetting } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';

/** Source: official documentation, "rate limits". */
const WEIGHT = 20;
/** Older knowledge is asked for again: the owner may have changed it. */
const FRESH_MS = 600_000;
/** Questions under way at once; beyond them it costs less of the venue's budget to set what is wanted. */
const MAX_ASKED = 8;
/** Accounts times instruments remembered; beyond them all are forgotten. */
const MAX_KNOWN = 50_000;

/** How accounts margin their instruments, as the venue showed and as it confirmed. */
export interface MarginSettings {
  /** Throws `VenueError` when it is not known and the venue cannot say, or many others are being asked for. */
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
      if (found && Date.now() - found.confirmedAt <= FRESH_MS) return found.setting;
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

/** What the venue calls a leverage. */
export const settingOf = ({ type, value }: { type: string; value: number }): MarginSetting => ({
  isCross: type === 'cross',
  leverage: value,
});
