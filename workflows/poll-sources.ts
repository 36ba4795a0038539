import { proxyActivities } from '@temporalio/workflow';
import type { SourceKind } from '#domain/statuses.ts';
import type { PipelineRoleActivities } from '#activities/contract.ts';

/** Polls last up to a minute, and beat: a run whose worker died goes on in another one after this silence. */
const { pollDueSources } = proxyActivities<PipelineRoleActivities>({
  startToCloseTimeout: '3m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Polls each source of a kind when it is due, for about a minute; the next run of its schedule goes on. */
export async function pollSources({ kind }: { kind: SourceKind }): Promise<void> {
  await pollDueSources({ kind });
}
