import { Command } from 'commander';
import type { PartRecord, RunRecord } from '#local/state-dir.ts';
import { isRunning } from '#process/identity.ts';
import { memoryOf } from '#process/memory.ts';
import { createOutput, duration, renderTable, type Column } from '#terminal/output.ts';
import { readAlarms } from '../alarms.ts';
import { findSystem } from '../find-api.ts';

/** A process of the system, as it is now. */
interface PartStatus {
  part: string;
  /** `down` for a process that has ended and is not started again yet. */
  state: 'up' | 'down';
  pid: number;
  /** How long this process has been serving. */
  upMs: number;
  /** With what it has started; null where the system does not tell. */
  memoryBytes: number | null;
  restarts: number;
  logFile: string | null;
}

/** `signalman status`: exit status 1 when nothing runs in the state folder, or a part is down. */
export const statusCommand = (): Command =>
  new Command('status')
    .description('show the parts of the running system: process, time up, memory, restarts')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const out = createOutput(process.stdout, process.env);
      const { run, stateDir } = findSystem(process.env);
      const parts = run ? readParts(run) : [];
      const alarms = run ? await readAlarms(run.databaseUrl) : [];
      if (parts.length === 0 || parts.some(({ state }) => state === 'down')) process.exitCode = 1;
      if (json) return out.json({ running: run !== undefined, stateDir, parts, alarms });
      if (!run) return out.line(`nothing runs in ${stateDir}: start it with npx signalman up`);
      for (const line of renderTable(COLUMNS, parts, out.colors)) out.line(line);
      for (const alarm of alarms) out.line(out.colors.red(`ALARM: ${alarm}`));
      const total = parts.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
      if (total > 0) out.line(`${mebibytes(total)} in all`);
    });

function readParts({ supervisor, startedAt, services, roles }: RunRecord): PartStatus[] {
  const own = { ...supervisor, since: startedAt, restarts: 0, logFile: null };
  const children = { ...services, ...roles };
  const others = Object.entries(children).map(([name, record]) => toStatus(name, record));
  // What it has started is listed beneath it.
  return [{ ...toStatus('signalman', own), memoryBytes: ownMemory(supervisor.pid, others) }, ...others];
}

type OwnRecord = Omit<PartRecord, 'logFile'> & { logFile: string | null };

const toStatus = (part: string, { since, restarts, logFile, ...identity }: OwnRecord): PartStatus => ({
  part,
  state: isRunning(identity) ? 'up' : 'down',
  pid: identity.pid,
  upMs: Math.max(0, Date.now() - since),
  memoryBytes: memoryOf(identity.pid),
  restarts,
  logFile,
});

function ownMemory(pid: number, others: readonly PartStatus[]): number | null {
  const withOthers = memoryOf(pid);
  if (withOthers === null) return null;
  return Math.max(0, withOthers - others.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0));
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

const COLUMNS: Column<PartStatus>[] = [
  { title: 'PART', cell: ({ part }) => part },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'PID', cell: ({ pid }) => String(pid), align: 'right' },
  { title: 'UP', cell: ({ state, upMs }) => (state === 'up' ? duration(upMs) : '-'), align: 'right' },
  {
    title: 'MEMORY',
    cell: ({ memoryBytes }) => (memoryBytes === null ? '-' : mebibytes(memoryBytes)),
    align: 'right',
  },
  { title: 'RESTARTS', cell: ({ restarts }) => String(restarts), align: 'right' },
  { title: 'LOG', cell: ({ logFile }) => logFile ?? '' },
];
