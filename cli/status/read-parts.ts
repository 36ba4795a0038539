import type { PartRecord, RunRecord, StartRecord } from '#local/state-dir.ts';
import { isRunning } from '#process/identity.ts';
import { memoryOf } from '#process/memory.ts';

/** A part of the system, as it is now. */
export interface PartStatus {
  part: string;
  /** `down` for a process that has ended and is not started again yet; `starting` for one that has not served yet. */
  state: 'up' | 'down' | 'starting';
  /** Null while it starts. */
  pid: number | null;
  /** How long this process has been serving, in milliseconds; null while it starts or is down. */
  upMs: number | null;
  /** With what it has started; null where the system does not tell. */
  memoryBytes: number | null;
  restarts: number;
  logFile: string | null;
  /** The last line of progress of a part that starts; null for others. */
  doing: string | null;
}

/** Returns the parts of a run and of a start, the process that started them first; none where neither goes on. */
export function readParts(run: RunRecord | undefined, start: StartRecord | undefined): PartStatus[] {
  const owner = run ?? start;
  if (!owner) return [];
  const records = run ? { ...run.services, ...run.roles } : start?.serving;
  const serving = Object.entries(records ?? {}).map(([name, record]) => statusOf(name, record));
  const { pid } = owner.supervisor;
  const own = { ...owner.supervisor, since: owner.startedAt, restarts: 0, logFile: null };
  return [
    // What it has started is listed beneath it.
    { ...statusOf('signalman', own), memoryBytes: ownMemory(pid, serving) },
    ...serving,
    ...Object.entries(start?.starting ?? {}).map(([part, doing]) => startingPart(part, doing)),
  ];
}

type OwnRecord = Omit<PartRecord, 'logFile'> & { logFile: string | null };

function statusOf(part: string, { since, restarts, logFile, ...identity }: OwnRecord): PartStatus {
  const isUp = isRunning(identity);
  return {
    part,
    state: isUp ? 'up' : 'down',
    pid: identity.pid,
    upMs: isUp ? Math.max(0, Date.now() - since) : null,
    memoryBytes: memoryOf(identity.pid),
    restarts,
    logFile,
    doing: null,
  };
}

const startingPart = (part: string, doing: string): PartStatus => ({
  part,
  state: 'starting',
  pid: null,
  upMs: null,
  memoryBytes: null,
  restarts: 0,
  logFile: null,
  doing,
});

function ownMemory(pid: number, others: readonly PartStatus[]): number | null {
  const withOthers = memoryOf(pid);
  if (withOthers === null) return null;
  return Math.max(0, withOthers - others.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0));
}
