import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import { workflowIds } from '#workflows/names.ts';
import type { VenueName } from '#domain/ids.ts';

/** A watcher beats every second or two; after this long another one should have taken over. */
const STALE_BEAT_MS = 15_000;

const health = z.object({
  /** Trades on watch. */
  watches: z.number(),
  /** Without it prices are not known, and nothing is fired. */
  streamUp: z.boolean(),
  /** True while the watcher still catches up on prices that it did not see. */
  behind: z.boolean(),
  lastTickAt: z.number().nullable(),
  /** Ms from a change of a watch in the database to the watcher that has read it. */
  changesSeenAfterMs: z.object({ p50: z.number(), p99: z.number() }).nullable(),
});
export type ReportedHealth = z.infer<typeof health>;

/** How the price watch of a venue does, by its last heartbeat. */
export interface WatcherReport {
  /**
   * `none`: no watcher runs. `blind`: the venue's prices are not known, so nothing is fired. `behind`: the watcher
   * catches up on prices that it did not see.
   */
  state: 'none' | 'blind' | 'behind' | 'watching';
  beatAt: number | null;
  health: ReportedHealth | null;
}

const NOBODY: WatcherReport = { state: 'none', beatAt: null, health: null };

/**
 * Returns the last report of a venue's watcher; null for a venue that was never watched. Throws when Temporal does
 * not answer.
 */
export async function readWatcher(client: Client, venue: VenueName): Promise<WatcherReport | null> {
  try {
    const { raw, status } = await client.workflow.getHandle(workflowIds.priceWatch(venue, 0)).describe();
    const [watch] = raw.pendingActivities ?? [];
    if (status.name !== 'RUNNING' || !watch) return NOBODY;
    const { loadedDataConverter } = client.options;
    const [said] = await decodeArrayFromPayloads(loadedDataConverter, watch.heartbeatDetails?.payloads);
    return reportOf(epochMs(watch.lastHeartbeatTime), said);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function reportOf(beatAt: number | null, details: unknown): WatcherReport {
  const said = health.safeParse(details).data;
  if (beatAt === null || Date.now() - beatAt > STALE_BEAT_MS) return { ...NOBODY, beatAt };
  if (!said?.streamUp) return { state: 'blind', beatAt, health: said ?? null };
  return { state: said.behind ? 'behind' : 'watching', beatAt, health: said };
}

interface ProtobufTime {
  seconds?: { toString(): string } | null;
  nanos?: number | null;
}

function epochMs(time: ProtobufTime | null | undefined): number | null {
  return time?.seconds ? Number(time.seconds.toString()) * 1000 + (time.nanos ?? 0) / 1e6 : null;
}
