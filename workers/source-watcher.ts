import type { Client } from '@temporalio/client';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { listActiveSources } from '#prisma/repositories/source-accounts.ts';
import type { SourceKind } from '#domain/statuses.ts';
import { isPolled, type Sources } from '#sources/source.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { messageArrivedSignal } from '#workflows/messages.ts';

interface WatchedSource {
  id: string;
  kind: SourceKind;
  handle: string;
}

export interface SourceWatcherDeps {
  db: Database;
  client: Client;
  /** A source without `watch` is read by the schedule of its kind alone. */
  sources: Sources;
  logger: Logger;
  /** Interval at which added, paused and resumed sources are found. */
  refreshMs?: number;
}

const REFRESH_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * Watches every source that can be watched, and has each change read at once. A change that cannot be passed on is
 * tried again each second; the schedule of its kind reads it in any case. Resolves once all sources known now are
 * watched; the result stops it.
 */
export async function watchSources(deps: SourceWatcherDeps): Promise<() => void> {
  const watched = new Map<string, () => void>();
  const kinds = [...deps.sources.values()].flatMap((source) =>
    isPolled(source) && source.watch ? [source.kind] : [],
  );
  const refresh = () =>
    listActiveSources(deps.db, kinds)
      .then((listed) => adjust(deps, watched, listed))
      .catch((error: unknown) => deps.logger.warn({ err: error }, 'sources to watch cannot be listed'));
  await refresh();
  const timer = setInterval(() => void refresh(), deps.refreshMs ?? REFRESH_MS);
  return () => {
    clearInterval(timer);
    for (const stop of watched.values()) stop();
  };
}

function adjust(
  deps: SourceWatcherDeps,
  watched: Map<string, () => void>,
  listed: readonly WatchedSource[],
): void {
  const wanted = new Map(listed.map((source) => [source.id, source]));
  for (const [id, stop] of watched) {
    if (wanted.has(id)) continue;
    stop();
    watched.delete(id);
  }
  for (const [id, source] of wanted) {
    if (!watched.has(id)) watched.set(id, watchOne(deps, source));
  }
}

function watchOne({ client, sources, logger }: SourceWatcherDeps, source: WatchedSource): () => void {
  let retry: NodeJS.Timeout | null = null;
  let stopped = false;
  const wake = () => {
    retry = null;
    requestIngest(client, source.id).catch((error: unknown) => {
      logger.warn({ ...source, err: error }, 'a change of the source cannot be passed on yet');
      if (!stopped) retry ??= setTimeout(wake, RETRY_MS);
    });
  };
  const kind = sources.get(source.kind);
  const stop = kind && isPolled(kind) ? kind.watch?.(source.handle, wake) : undefined;
  // Reads what was written before the watch began.
  wake();
  return () => {
    stopped = true;
    stop?.();
    if (retry) clearTimeout(retry);
  };
}

/** Has a source read now: wakes the run that is reading it, or starts one. */
export async function requestIngest(client: Client, sourceAccountId: string): Promise<void> {
  await client.workflow.signalWithStart('ingest', {
    workflowId: workflowIds.ingest(sourceAccountId),
    taskQueue: TASK_QUEUES.pipeline,
    args: [{ sourceAccountId }],
    signal: messageArrivedSignal,
    signalArgs: [],
  });
}
