import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

/**
 * One process of this boot: a pid alone may be given to another program, a pid with its start time may not.
 * `startedAt` is opaque and equal only for the same process.
 */
export const processIdentity = z.object({ pid: z.int().positive(), startedAt: z.string() }).readonly();
export type ProcessIdentity = z.infer<typeof processIdentity>;

export interface RunningProcess {
  readonly pid: number;
  /** The command line, joined by spaces. */
  readonly command: string;
}

/** The identity of a live process, or undefined when there is none (a zombie counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  const identity = identifyProcess(process.pid);
  if (!identity) throw new Error(`cannot read the start time of process ${process.pid}`);
  return identity;
}

/** Whether that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startedAt === identity.startedAt;
}

/** The command line of a live process, or undefined. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(['-o', 'args=', '-p', String(pid)]);
  return identifyProcess(pid) && readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim();
}

/** The pids of the live processes that a process has started itself; none anywhere but on Linux. */
export function childrenOf(pid: number): number[] {
  return (readProc(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/** All live processes whose command line contains every one of `words`. */
export function findProcesses(...words: readonly string[]): RunningProcess[] {
  return listPids().flatMap((pid) => {
    const command = commandOf(pid);
    return command !== undefined && words.every((word) => command.includes(word)) ? [{ pid, command }] : [];
  });
}

function listPids(): number[] {
  const names =
    process.platform === 'linux'
      ? readdirSync('/proc')
      : (ps(['-axo', 'pid=']) ?? '').split('\n').map((line) => line.trim());
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

function startOnLinux(pid: number): string | undefined {
  // The program's name, in parentheses, may itself hold spaces and parentheses: count from the last one.
  const stat = readProc(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTicks = fields?.[19];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${bootId()}/${startTicks}`;
}

function startFromPs(pid: number): string | undefined {
  const line = ps(['-o', 'stat=,lstart=', '-p', String(pid)]);
  if (line === undefined || line === '' || line.startsWith('Z')) return undefined;
  return line.slice(line.indexOf(' ')).trim();
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** The text of a file that the kernel of Linux keeps of a process; undefined where there is none to read. */
export function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function ps(args: readonly string[]): string | undefined {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim();
  } catch {
    return undefined;
  }
}
