import {
  clearinghouseState,
  frontendOpenOrders,
  orderStatus,
  userAbstraction,
  userFillsByTime,
  userFunding,
} from '@nktkas/hyperliquid/api/info';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountId } from '#domain/ids.ts';
import { amount, decimalString, sum } from '#domain/money.ts';
import { VenueError, type AccountClient, type VenueFill, type VenuePosition } from '../../venue.ts';
import type { z } from 'zod';
import type { HyperliquidClient } from '../http/client.ts';
import { settingOf, type MarginSettings } from './margin-settings.ts';
import { SILENT, type HyperliquidOptions } from '../http/options.ts';
import { readAll } from '../http/paging.ts';
import * as schemas from '../http/schemas.ts';
import type { WireOpenOrder } from '../http/schemas.ts';
import { adviceOn, readKeyState } from './key-state.ts';
import { fillsOf, isPerpetual } from './fills.ts';
import {
  filledBy,
  mayHaveFilled,
  missingFrom,
  NOTHING_FILLED,
  openOrderOf,
  reportOfStatus,
  type Filled,
} from './order-status.ts';

/** Weights and page sizes: official documentation, "rate limits", "info endpoint". */
const WEIGHT = { cheap: 2, usual: 20 } as const;
/** What one look at an account's fills weighs while there are few. */
export const FILLS_WEIGHT = WEIGHT.usual;
const FILLS_PER_PAGE = 2_000;
const FUNDINGS_PER_PAGE = 500;
const ROWS_PER_EXTRA_WEIGHT = 20;
const MAX_PAGES = 20;

/** The list of fills may lag behind the order: it is read this often before the order's own word has to do. */
const FILLS_LOOKS = 4;
const FILLS_PAUSE_MS = 250;

/** Modes in which the perpetuals account holds its own collateral; in a mode nobody knows it may not. */
const OWN_MARGIN_MODES: ReadonlySet<string> = new Set(['default', 'disabled', 'dexAbstraction']);
/** How long an account is believed to hold its collateral the way it said. */
const ABSTRACTION_TRUSTED_MS = 3_600_000;

/** Reads an account by the address that owns the funds; a trading key's address has none. Throws `VenueError`. */
export function createAccountClient(
  client: HyperliquidClient,
  margins: MarginSettings,
  {
    builtMarkets = [],
    logger = SILENT,
    onTime = () => undefined,
  }: Pick<HyperliquidOptions, 'builtMarkets' | 'logger'> & { onTime?: (time: number) => void } = {},
): AccountClient {
  /** The first market, which requests leave unnamed, and those built by others that are traded in. */
  const dexes: readonly { dex?: string }[] = [{}, ...builtMarkets.map((dex) => ({ dex }))];
  const requireOwnMargin = createAccountModeCheck(client);

  async function charged<Row>(rows: Promise<Row[]>): Promise<Row[]> {
    const page = await rows;
    client.charge(Math.floor(page.length / ROWS_PER_EXTRA_WEIGHT));
    return page;
  }

  async function fillsSince(user: AccountId, sinceMs: number): Promise<VenueFill[]> {
    const fills = await readAll(sinceMs, {
      page: (startTime) =>
        charged(
          client.info({
            schema: schemas.fills,
            weight: WEIGHT.usual,
            ask: (config) => userFillsByTime(config, { user, startTime }),
          }),
        ),
      timeOf: (fill) => fill.time,
      // A `tid` alone is not unique. Source: official documentation, "websocket subscriptions".
      keyOf: (fill) => `${fill.coin} ${fill.tid}`,
      pageSize: FILLS_PER_PAGE,
      maxPages: MAX_PAGES,
    });
    return fillsOf(user, fills);
  }

  /** Adds up the fills of an order, asking again while they are fewer than what the order says is filled. */
  async function filledOf(user: AccountId, order: WireOpenOrder, word: string): Promise<Filled> {
    // A reduce-only order that ended unfilled may have shrunk: then nothing is missing.
    const looks = order.reduceOnly === true && word !== 'filled' ? 1 : FILLS_LOOKS;
    for (let look = 1; ; look += 1) {
      const filled = filledBy(await fillsSince(user, order.timestamp), order.oid);
      if (look === looks || amount(filled.size).gte(missingFrom(order))) return filled;
      await delay(FILLS_PAUSE_MS);
    }
  }

  return {
    async account(user) {
      const [states, mode] = await Promise.all([
        Promise.all(
          dexes.map((dex) =>
            client.info({
              schema: schemas.clearinghouseState,
              weight: WEIGHT.cheap,
              ask: (config) => clearinghouseState(config, { user, ...dex }),
            }),
          ),
        ),
        requireOwnMargin(user),
      ]);
      states.forEach(({ time }) => time !== undefined && onTime(time));
      for (const { position } of states.flatMap(({ assetPositions }) => assetPositions))
        margins.note(user, position.coin, settingOf(position.leverage));
      return {
        time: oldestOf(states),
        equityUsd: decimalString(sum(states.map(({ marginSummary }) => marginSummary.accountValue))),
        freeMarginUsd: states[0]?.withdrawable ?? '0',
        // Collateral of a market built by others backs that market alone, unless the account lets it move.
        ...(builtMarkets.length > 0 &&
          mode !== 'dexAbstraction' && { ownMarginsUsd: ownMargins(builtMarkets, states.slice(1)) }),
        spareEquityUsd: spareEquity(states[0]),
        positions: states.flatMap(({ assetPositions }) =>
          assetPositions.flatMap(({ position }) => positionOf(position) ?? []),
        ),
      };
    },

    async openOrders(user) {
      const orders = await Promise.all(
        dexes.map((dex) =>
          client.info({
            schema: schemas.openOrders,
            weight: WEIGHT.usual,
            ask: (config) => frontendOpenOrders(config, { user, ...dex }),
          }),
        ),
      );
      return orders
        .flat()
        .filter(({ coin }) => isPerpetual(coin))
        .map(openOrderOf);
    },

    async orderByClientId(user, clientOrderId) {
      const answer = await client.info({
        schema: schemas.orderStatus,
        weight: WEIGHT.cheap,
        priority: 'entry',
        ask: (config) => orderStatus(config, { user, oid: clientOrderId }),
      });
      if (answer.status === 'unknownOid') return null;
      const { order, status } = answer.order;
      const filled = mayHaveFilled(order, status) ? await filledOf(user, order, status) : NOTHING_FILLED;
      if (status === 'filled' && filled.size === '0' && order.reduceOnly === true)
        throw new VenueError('fills_late', `the fills of order ${order.oid} are not listed yet`, 'retry');
      return reportOfStatus(order, status, filled);
    },

    fillsSince,

    async fundingSince(user, sinceMs) {
      const fundings = await readAll(sinceMs, {
        page: (startTime) =>
          charged(
            client.info({
              schema: schemas.fundings,
              weight: WEIGHT.usual,
              ask: (config) => userFunding(config, { user, startTime }),
            }),
          ),
        timeOf: (funding) => funding.time,
        keyOf: (funding) => funding.delta.coin,
        pageSize: FUNDINGS_PER_PAGE,
        maxPages: MAX_PAGES,
      });
      return fundings.map(({ time, delta: { coin, usdc, szi } }) => ({
        symbol: coin,
        amountUsd: usdc,
        time,
        size: szi,
      }));
    },

    marginSetting: (user, symbol) => margins.of(user, symbol),

    async keyState(user, signerAddress) {
      const key = await readKeyState(client, user, signerAddress.toLowerCase());
      if (key.state !== 'approved')
        logger.warn({ account: user, signer: signerAddress, ...key }, adviceOn(key));
      return key;
    },
  };
}

/**
 * Unified and portfolio accounts keep their collateral elsewhere, so `withdrawable` of the perpetuals account would
 * be wrong. Source: official documentation, "account abstraction modes".
 */
function createAccountModeCheck(client: HyperliquidClient): (user: AccountId) => Promise<string> {
  const trusted = new Map<AccountId, { mode: string; until: number }>();
  return async (user) => {
    const known = trusted.get(user);
    if (known && known.until > Date.now()) return known.mode;
    const mode = await client.info({
      schema: schemas.userAbstraction,
      weight: WEIGHT.usual,
      ask: (config) => userAbstraction(config, { user }),
    });
    if (!OWN_MARGIN_MODES.has(mode)) {
      throw new VenueError(
        'account_mode_unsupported',
        `account ${user} is in ${mode} mode; switch it to separate perpetuals margin to trade here`,
        'fatal',
      );
    }
    trusted.set(user, { mode, until: Date.now() + ABSTRACTION_TRUSTED_MS });
    return mode;
  };
}

type MarginState = z.infer<typeof schemas.clearinghouseState>;

/** Returns the free margin of each market built by others, by its name. */
const ownMargins = (markets: readonly string[], states: readonly MarginState[]): Record<string, string> =>
  Object.fromEntries(markets.map((market, index) => [market, states[index]?.withdrawable ?? '0']));

/** Returns what cross positions of the venue's own market can lose. Source: official documentation, "liquidations". */
function spareEquity(state: MarginState | undefined): string {
  if (!state) return '0';
  return decimalString(amount(state.crossMarginSummary.accountValue).sub(state.crossMaintenanceMarginUsed));
}

/** The earliest time that the answers name; undefined when none names one. */
function oldestOf(states: readonly { time?: number | undefined }[]): number | undefined {
  const times = states.flatMap(({ time }) => time ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function positionOf(position: {
  coin: string;
  szi: string;
  entryPx: string | null;
  positionValue: string;
  leverage: { value: number };
  liquidationPx: string | null;
}): VenuePosition | null {
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
