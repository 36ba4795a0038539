import { clearinghouseState } from '@nktkas/hyperliquid/api/info';
import type { z } from 'zod';
import type { AccountId } from '#domain/ids.ts';
import { amount, decimalString, sum } from '#domain/money.ts';
import type { AccountState, VenuePosition } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';
import { settingOf, type MarginSettings } from './margin-settings.ts';
import { WEIGHT } from './weights.ts';

/** The parts of the venue by which an account is read. */
export interface AccountReading {
  client: HyperliquidClient;
  margins: MarginSettings;
  /** Short names of the markets built by others. */
  builtMarkets: readonly string[];
  /** Returns the mode of an account. Throws `VenueError` where its mode is not traded. */
  requireOwnMargin: (user: AccountId) => Promise<string>;
  /** Called with each time, epoch ms, that the venue names for its answer. */
  onTime: (time: number) => void;
}

/** Reads the money and the positions of an account in all markets that are traded. Throws `VenueError`. */
export async function readAccount(reading: AccountReading, user: AccountId): Promise<AccountState> {
  const { margins, builtMarkets, onTime } = reading;
  const [states, mode] = await Promise.all([readStates(reading, user), reading.requireOwnMargin(user)]);
  for (const { time } of states) if (time !== undefined) onTime(time);
  const held = states.flatMap(({ assetPositions }) => assetPositions.map(({ position }) => position));
  for (const { coin, leverage } of held) margins.note(user, coin, settingOf(leverage));
  return {
    time: oldestOf(states),
    equityUsd: decimalString(sum(states.map(({ marginSummary }) => marginSummary.accountValue))),
    freeMarginUsd: states[0]?.withdrawable ?? '0',
    // Collateral of a market built by others backs that market alone, unless the account lets it move.
    ...(builtMarkets.length > 0 &&
      mode !== 'dexAbstraction' && { ownMarginsUsd: ownMargins(builtMarkets, states.slice(1)) }),
    spareEquityUsd: spareEquity(states[0]),
    positions: held.flatMap((position) => positionOf(position) ?? []),
  };
}

type MarginState = z.infer<typeof schemas.clearinghouseState>;
type WirePosition = MarginState['assetPositions'][number]['position'];

/** Reads the venue's own market, which requests leave unnamed, and then those built by others. */
function readStates({ client, builtMarkets }: AccountReading, user: AccountId): Promise<MarginState[]> {
  const markets: readonly { dex?: string }[] = [{}, ...builtMarkets.map((dex) => ({ dex }))];
  return Promise.all(
    markets.map((market) =>
      client.info({
        schema: schemas.clearinghouseState,
        weight: WEIGHT.cheap,
        ask: (config) => clearinghouseState(config, { user, ...market }),
      }),
    ),
  );
}

/** Returns the free margin of each market built by others, by its name. */
const ownMargins = (markets: readonly string[], states: readonly MarginState[]): Record<string, string> =>
  Object.fromEntries(markets.map((market, index) => [market, states[index]?.withdrawable ?? '0']));

/** Returns the loss that cross positions of the venue's own market can bear. Source: official documentation, "liquidations". */
function spareEquity(state: MarginState | undefined): string {
  if (!state) return '0';
  return decimalString(amount(state.crossMarginSummary.accountValue).sub(state.crossMaintenanceMarginUsed));
}

/** Returns the earliest time that the answers name, in epoch ms; undefined when none names one. */
function oldestOf(states: readonly MarginState[]): number | undefined {
  const times = states.flatMap(({ time }) => time ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Returns a position; null for one that is listed without a size or an entry price. */
function positionOf(position: WirePosition): VenuePosition | null {
  if (position.entryPx === null || amount(position.szi).isZero()) return null;
  return {
    symbol: position.coin,
    size: position.szi,
    entryPrice: position.entryPx,
    valueUsd: position.positionValue,
    liquidationPrice: position.liquidationPx,
    leverage: position.leverage.value,
  };
}
