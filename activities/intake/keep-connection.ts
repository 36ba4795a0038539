import { doublingPause } from '#domain/doubling-pause.ts';
import { makeDue, noteHeard, noteUnheard } from '#prisma/repositories/source-listening.ts';
import { pause } from '#process/pause.ts';
import { SourceBlocked, SourceBusy, type SourceError } from '#sources/errors.ts';
import type { ListenedAccount, ListeningSource, ListenRequest } from '#sources/listening.ts';
import { isPolled } from '#sources/source.ts';
import type { PollDeps } from './poll-source.ts';
import { storeHeard } from './store-heard.ts';

/** A connection to a source, and the accounts that are heard over it. */
export interface Connection {
  name: string;
  accounts: readonly ListenedAccount[];
  signal: AbortSignal;
}

const PAUSE = { firstMs: 250, longestMs: 60_000 };
/** Pause after a refusal for good, of a source that is also polled. */
const REFUSED_PAUSE_MS = 10 * 60_000;
/** A connection that lasted so long counts as a good one: the next pause is short again. */
const GOOD_AFTER_MS = 30_000;
/** How often it is written down that a connection works. */
const NOTE_EVERY_MS = 30_000;

/** Listens over a connection until the signal ends it, and makes it anew after each failure. Never throws. */
export async function keepConnection(
  deps: PollDeps,
  source: ListeningSource,
  connection: Connection,
): Promise<void> {
  const { signal } = connection;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const failed = await listenOnce(deps, source, connection);
    if (signal.aborted) return;
    if (performance.now() - startedAt > GOOD_AFTER_MS) failures = 0;
    const pauseMs = pauseAfter(failed, failures, deps.now());
    failures += 1;
    await noteFailure(deps, source, { connection, failed, pauseMs });
    await pause(pauseMs, signal);
  }
}

/** Returns what ended the listening. */
const listenOnce = (deps: PollDeps, source: ListeningSource, connection: Connection): Promise<unknown> =>
  source.listen(requestOf(deps, source, connection)).then(
    () => new Error('the source has ended the listening'),
    (error: unknown) => error,
  );

function requestOf(
  deps: PollDeps,
  source: ListeningSource,
  { name, accounts, signal }: Connection,
): ListenRequest {
  const { db, logger, now } = deps;
  let notedAt = -Infinity;
  return {
    accounts,
    signal,
    deliver: (sourceAccountId, delivery) => storeHeard(db, { sourceAccountId, now: now() }, delivery),
    async refuse(accountId, error) {
      logger.warn({ sourceId: accountId, kind: source.kind, err: error }, 'source cannot be heard');
      await noteUnheard(db, [accountId], refusalOf(error, now()));
    },
    catchUp: (accountIds) => makeDue(db, accountIds, now()),
    alive() {
      const at = performance.now();
      if (isPolled(source) || at - notedAt < NOTE_EVERY_MS) return;
      notedAt = at;
      noteHeard(
        db,
        accounts.map(({ id }) => id),
        now(),
      ).catch((err: unknown) => logger.warn({ err, name }, 'what is heard cannot be noted'));
    },
  };
}

const refusalOf = (error: SourceError, at: number) => ({
  error: error.message,
  at,
  nextAt: at,
  stopCode: error instanceof SourceBlocked ? error.code : null,
});

function pauseAfter(failed: unknown, failures: number, now: number): number {
  if (failed instanceof SourceBusy) return Math.max(PAUSE.firstMs, failed.retryAt - now);
  if (failed instanceof SourceBlocked) return REFUSED_PAUSE_MS;
  return doublingPause(PAUSE, failures);
}

interface Failure {
  connection: Connection;
  failed: unknown;
  pauseMs: number;
}

/** A source that is polled too goes on by its polls, so that only the log says that its connection failed. */
async function noteFailure(
  { db, logger, now }: PollDeps,
  source: ListeningSource,
  { connection: { name, accounts }, failed, pauseMs }: Failure,
): Promise<void> {
  logger.warn({ kind: source.kind, connection: name, err: failed }, 'a connection to sources has failed');
  if (isPolled(source)) return;
  const at = now();
  await noteUnheard(
    db,
    accounts.map(({ id }) => id),
    {
      error: failed instanceof Error ? failed.message : String(failed),
      at,
      nextAt: at + pauseMs,
      stopCode: failed instanceof SourceBlocked ? failed.code : null,
    },
  ).catch((err: unknown) => logger.warn({ err, name }, 'a failed connection cannot be noted'));
}
