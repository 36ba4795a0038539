import { ApplicationFailure } from '@temporalio/common';
import {
  listListenedSources,
  noteUnheard,
  type ListenedSource,
} from '#prisma/repositories/source-listening.ts';
import { pause } from '#process/pause.ts';
import type { SourceKind } from '#domain/statuses.ts';
import { SourceError } from '#sources/errors.ts';
import { isListening, type ListenedAccount, type ListeningSource } from '#sources/listening.ts';
import { openSecret } from '#sources/secret.ts';
import { keepConnection, type Connection } from './keep-connection.ts';
import type { PollDeps } from './poll-source.ts';

/** Interval at which added, changed and paused sources are found. */
const REFRESH_MS = 5_000;
/** Sources of one kind that one process listens to; more are polled where they can be. */
const MAX_ACCOUNTS = 2_000;

interface Open {
  /** Tells the accounts that are heard from others. */
  fingerprint: string;
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Listens to every source of a kind until the signal ends it: each connection by itself, so that one that fails holds up
 * no other. A connection whose sources have changed is made anew.
 */
export async function listenToSources(
  deps: PollDeps,
  { kind, signal }: { kind: SourceKind; signal: AbortSignal },
): Promise<void> {
  const source = deps.sources.get(kind);
  if (!source || !isListening(source))
    throw ApplicationFailure.nonRetryable(`nothing listens to ${kind} sources here`, 'no_source_reader');
  const open = new Map<string, Open>();
  try {
    while (!signal.aborted) {
      await refresh(deps, source, open).catch((err: unknown) =>
        deps.logger.warn({ err, kind }, 'sources to listen to cannot be listed'),
      );
      await pause(REFRESH_MS, signal);
    }
  } finally {
    await Promise.all([...open.values()].map(close));
  }
}

async function refresh(deps: PollDeps, source: ListeningSource, open: Map<string, Open>): Promise<void> {
  const wanted = await listConnections(deps, source);
  for (const [name, connection] of open) {
    if (wanted.get(name)?.fingerprint === connection.fingerprint) continue;
    open.delete(name);
    await close(connection);
  }
  for (const [name, connection] of wanted) {
    if (open.has(name)) continue;
    const stop = new AbortController();
    const ended = keepConnection(deps, source, { ...connection, signal: stop.signal });
    open.set(name, { fingerprint: connection.fingerprint, stop, ended });
  }
}

async function close({ stop, ended }: Open): Promise<void> {
  stop.abort();
  await ended;
}

type Wanted = Omit<Connection, 'signal'> & { fingerprint: string };

/** Returns the connections that there are to be, by name. */
async function listConnections(deps: PollDeps, source: ListeningSource): Promise<Map<string, Wanted>> {
  const { db, now } = deps;
  const listed = await listListenedSources(db, { kind: source.kind, now: now(), limit: MAX_ACCOUNTS });
  const accounts: ListenedAccount[] = [];
  for (const each of listed) {
    const account = await readAccount(deps, source, each);
    if (account) accounts.push(account);
  }
  const connections = Map.groupBy(accounts, (account) => source.connectionOf(account));
  return new Map(
    [...connections].flatMap(([name, members]) =>
      name === null ? [] : [[name, { name, accounts: members, fingerprint: JSON.stringify(members) }]],
    ),
  );
}

/** Opens the secret of a source and reads its options; null, with the reason written down, where that fails. */
async function readAccount(
  { db, now, sourceKeys }: PollDeps,
  source: ListeningSource,
  { id, handle, options, secret, externalId }: ListenedSource,
): Promise<ListenedAccount | null> {
  try {
    return {
      id,
      handle,
      externalId,
      options: source.options.parse(options),
      secret: secret && openSecret(sourceKeys, id, secret),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const stopCode = error instanceof SourceError ? error.code : 'source_options_invalid';
    await noteUnheard(db, [id], { error: text, at: now(), nextAt: now(), stopCode });
    return null;
  }
}
