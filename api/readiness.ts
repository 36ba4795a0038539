import type { Venue } from '#venues/venue.ts';
import type { ApiDeps } from './deps.ts';
import type { Check, Readiness } from './schemas/health.ts';

/** How long one part may take to answer before it counts as down. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * Asks every part that the API depends on, all at once. One configured venue that is up suffices, because signals are
 * routed past the others.
 */
export async function checkReadiness(deps: ApiDeps): Promise<Readiness> {
  const [services, venues] = await Promise.all([
    Promise.all([
      check('database', () => deps.db.$queryRaw`SELECT 1`),
      check('temporal', () => pingTemporal(deps)),
    ]),
    Promise.all(deps.venues.map((venue) => check(venue.name, () => checkVenue(venue)))),
  ]);
  const isReady = services.every(({ ok }) => ok) && (venues.length === 0 || venues.some(({ ok }) => ok));
  return { status: isReady ? 'ready' : 'not_ready', checks: [...services, ...venues] };
}

async function check(part: string, ask: () => Promise<unknown>): Promise<Check> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([ask(), timeUp]);
    return { part, ok: true, reason: null };
  } catch (error) {
    return { part, ok: false, reason: firstLine(error) };
  } finally {
    clearTimeout(timer);
  }
}

const pingTemporal = ({ temporal }: ApiDeps): Promise<unknown> =>
  temporal.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
    temporal.workflowService.describeNamespace({ namespace: temporal.options.namespace }),
  );

/** Asks a venue for prices, because one without prices cannot be traded at. */
async function checkVenue(venue: Venue): Promise<void> {
  const prices = await venue.market.prices();
  if (prices.length === 0) throw new Error('it gives no prices');
}

/** Returns the first line of an error, which says what is wrong; later lines may name addresses. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').find((line) => line.trim() !== '') ??
  'no answer';
