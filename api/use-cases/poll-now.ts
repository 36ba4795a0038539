import type { SourceKind } from '#domain/statuses.ts';
import { triggerSchedule } from '#temporal/schedule-control.ts';
import type { ApiDeps } from '../deps.ts';
import { isPolled } from '#sources/source.ts';

const TIMEOUT_MS = 2_000;

/** Has a source that was added or resumed polled within seconds, where it would wait for the next run of its schedule. */
export async function pollNow({ sources, temporal, logger }: ApiDeps, kind: SourceKind): Promise<void> {
  const source = sources.get(kind);
  if (!source || !isPolled(source)) return;
  await temporal
    .withDeadline(Date.now() + TIMEOUT_MS, () => triggerSchedule(temporal, `poll-${kind}`))
    .catch((err: unknown) =>
      logger.debug({ err, kind }, 'the source waits for the next run of its schedule'),
    );
}
