import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { VENUES, type VenueName } from '#domain/ids.ts';
import { countInstruments, findInstruments } from '#prisma/repositories/instruments.ts';
import { listVenueStatuses, type VenueStatusRow } from '#prisma/repositories/venue-status.ts';
import { readWatcher } from '#temporal/watcher-health.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { readSymbol } from '../use-cases/read-symbol.ts';
import { problems } from '../schemas/common.ts';
import { instrumentList, instrumentQuery, venueList, type Venue } from '../schemas/venue.ts';

const WATCH_TIMEOUT_MS = 3_000;

/** Venues: list with the health of the last check, and list their instruments. */
export const venueRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;

    app.get('/venues', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['venues'],
        summary: 'How venues do, by their last check',
        response: { 200: venueList, ...problems() },
      },
      handler: async () => ({ items: await describeVenues(deps) }),
    });

    app.get('/instruments', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['venues'],
        summary: 'What venues list, delisted instruments included, by symbol',
        querystring: instrumentQuery,
        response: { 200: instrumentList, ...problems('symbol_ambiguous', 'symbol_unreadable') },
      },
      handler: async ({ query: { symbol, limit, ...filter } }) => {
        const canonical = symbol === undefined ? undefined : await readSymbol(db, symbol);
        return { items: await findInstruments(db, { limit, ...given({ ...filter, symbol: canonical }) }) };
      },
    });
  };

/** Returns the venues that are configured, and the ones that once were. */
async function describeVenues({ db, venues, temporal, logger }: ApiDeps): Promise<Venue[]> {
  const [statuses, counts, ...watches] = await Promise.all([
    listVenueStatuses(db),
    countInstruments(db),
    ...VENUES.map((venue) => describeWatch({ temporal, logger }, venue)),
  ]);
  const isConfigured = (name: VenueName): boolean => venues.some((venue) => venue.name === name);
  return VENUES.flatMap((name, index) => {
    const status = statuses.find(({ venue }) => venue === name);
    if (!status && !isConfigured(name)) return [];
    const count = counts.find(({ venue }) => venue === name);
    return [
      {
        venue: name,
        configured: isConfigured(name),
        health: status?.health ?? null,
        detail: status?.detail ?? 'not checked yet',
        latencyMs: status?.latencyMs ?? null,
        checkedAt: status?.checkedAt ?? null,
        priceAgeMs: priceAge(status),
        instruments: count?.instruments ?? 0,
        tradable: count?.tradable ?? 0,
        openMarkets: status?.openMarkets ?? null,
        refreshedAt: count?.refreshedAt ?? null,
        watch: watches[index] ?? null,
      },
    ];
  });
}

async function describeWatch(
  { temporal, logger }: Pick<ApiDeps, 'temporal' | 'logger'>,
  venue: VenueName,
): Promise<Venue['watch']> {
  try {
    const report = await temporal.withDeadline(Date.now() + WATCH_TIMEOUT_MS, () =>
      readWatcher(temporal, venue),
    );
    if (!report) return null;
    const { state, beatAt, health } = report;
    return {
      state,
      trades: health?.watches ?? null,
      lastPriceAt: health?.lastTickAt ?? null,
      beatAt: beatAt === null ? null : Math.round(beatAt),
    };
  } catch (error) {
    logger.warn({ venue, err: error }, 'the price watch cannot be asked for');
    return null;
  }
}

const priceAge = (status: VenueStatusRow | undefined): number | null =>
  status && status.pricedAt !== null ? Math.max(0, status.checkedAt - status.pricedAt) : null;
