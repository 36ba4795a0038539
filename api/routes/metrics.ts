import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { countLiveTrades, sumUnprotectedTime } from '#prisma/repositories/trade-metrics.ts';
import { countKeys, type KeyCount } from '#prisma/repositories/key-metrics.ts';
import type { ApiDeps } from '../deps.ts';
import { problems } from '../schemas/common.ts';

const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A gauge with its samples, one per set of labels. */
interface Gauge {
  name: string;
  help: string;
  samples: readonly { labels: Readonly<Record<string, string>>; value: number }[];
}

/** Metrics for Prometheus, read from the database. */
export const metricsRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/metrics', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['health'],
        summary: 'Live trades, time without a stop and trading keys, in the text format of Prometheus',
        response: { 200: { content: { 'text/plain': { schema: z.string() } } }, ...problems() },
      },
      handler: async (_request, reply) => {
        const [counts, keys, unprotected] = await Promise.all([
          countLiveTrades(db),
          countKeys(db, now()),
          sumUnprotectedTime(db, now()),
        ]);
        const byVenue = (value: (row: (typeof unprotected)[number]) => number) =>
          unprotected.map((row) => ({ labels: { venue: row.venue }, value: value(row) }));
        const gauges: Gauge[] = [
          {
            name: 'signalman_live_trades',
            help: 'Trades between decision and end.',
            samples: counts.map(({ venue, phase, trades }) => ({ labels: { venue, phase }, value: trades })),
          },
          {
            name: 'signalman_unprotected_positions',
            help: 'Open positions that stand without a resident stop now.',
            samples: byVenue((row) => row.now),
          },
          {
            name: 'signalman_unprotected_ms_max',
            help: 'Longest time without a resident stop, of trades live or begun in the last 24 hours.',
            samples: byVenue(({ maxMs }) => maxMs),
          },
          {
            name: 'signalman_unprotected_ms_sum',
            help: 'Time without a resident stop, of trades live or begun in the last 24 hours.',
            samples: byVenue(({ sumMs }) => sumMs),
          },
        ];
        gauges.push(
          {
            name: 'signalman_trading_keys',
            help: 'Trading keys that sign, by standing: approved, expires_soon (within three weeks), not_approved, expired.',
            samples: keys.map(({ venue, standing, keys: value }) => ({ labels: { venue, standing }, value })),
          },
          {
            name: 'signalman_trading_keys_lost',
            help: 'Trading keys that the venue does not accept while trades are open under them.',
            samples: perVenue(keys, ({ lost }) => lost),
          },
          {
            name: 'signalman_trading_key_valid_seconds_min',
            help: 'Time until the first trading key ends that has not yet.',
            samples: keys.flatMap(({ venue, standing, firstEndMs }) =>
              firstEndMs === null
                ? []
                : [{ labels: { venue, standing }, value: Math.round(firstEndMs / 1000) }],
            ),
          },
        );
        return reply.type(EXPOSITION_TYPE).send(gauges.map(exposition).join(''));
      },
    });
  };

/** Returns the sum over all standings of each venue. */
function perVenue(keys: readonly KeyCount[], value: (count: KeyCount) => number): Gauge['samples'] {
  const byVenue = Map.groupBy(keys, ({ venue }) => venue);
  return [...byVenue].map(([venue, counts]) => ({
    labels: { venue },
    value: counts.reduce((total, count) => total + value(count), 0),
  }));
}

function exposition({ name, help, samples }: Gauge): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}
