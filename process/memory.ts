import { childrenOf, readProc } from './identity.ts';

const KIB = 1024;

/**
 * Returns the memory of a process and of those it has started, in bytes; pages that several share are counted once.
 * Null where the system does not tell: anywhere but on Linux, and of processes of other users.
 */
export function memoryOf(pid: number): number | null {
  const pids = [pid, ...descendantsOf(pid)];
  const sizes = pids.map(proportionalSize);
  return sizes[0] === null ? null : sizes.reduce<number>((total, size) => total + (size ?? 0), 0);
}

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

function proportionalSize(pid: number): number | null {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readProc(pid, 'smaps_rollup') ?? '')?.[1];
  return kib === undefined ? null : Number(kib) * KIB;
}
