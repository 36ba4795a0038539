import { readdirSync, readFileSync } from 'node:fs';

/** Returns the resident memory of a process in bytes; null where the system does not tell. */
export function residentBytes(pid: number | null): number | null {
  const kib = pid === null ? undefined : /^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

/** A process under this one whose command line holds the text; null when there is none. */
export function findChild(text: string, parent = process.pid): number | null {
  for (const pid of childrenOf(parent)) {
    const found = readProc(`${pid}/cmdline`).includes(text) ? pid : findChild(text, pid);
    if (found !== null) return found;
  }
  return null;
}

/** How much more each of `count` things takes, in bytes. */
export const bytesEach = (before: number | null, after: number | null, count: number): number | null =>
  before === null || after === null || count === 0 ? null : Math.round((after - before) / count);

const childrenOf = (parent: number): number[] =>
  processes().filter((pid) => Number(/\)\s\S\s(\d+)/.exec(readProc(`${pid}/stat`))?.[1]) === parent);

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
