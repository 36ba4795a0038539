import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { workflowIds } from '#workflows/messages.ts';
import type { VenueName } from '#domain/ids.ts';

const health = z.object({
  /** Trades on watch. */
  watches: z.number(),
  /** Without it prices are not known, and nothing is fired. */
  streamUp: z.boolean(),
  /** Whether prices that went by are still being made up for. */
  behind: z.boolean(),
  lastTickAt: z.number().nullable(),
});
export type ReportedHealth = z.infer<typeof health>;

/** What the watcher of a venue said with its last heartbeat; null when none is running. */
export async function readWatcherHealth(client: Client, venue: VenueName): Promise<ReportedHealth | null> {
  const { raw } = await client.workflow.getHandle(workflowIds.priceWatch(venue, 0)).describe();
  const data = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
  if (!data) return null;
  return health.safeParse(JSON.parse(Buffer.from(data).toString('utf8'))).data ?? null;
}
