import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '#process/error-code.ts';

/** A file system of its own that can be full. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all room that is left. */
  fill(): void;
  makeRoom(): void;
  unmount(): void;
}

/** Mounts a file system in memory; null where this user may not, or the system has none. */
export function mountSmallDisk(mebibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'signalman-disk-'));
  const filler = join(path, 'filler');
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=777`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    fill: () => [1024 * 1024, 4096].forEach((bytes) => append(filler, bytes)),
    makeRoom: () => rmSync(filler),
    unmount() {
      asRoot('umount', '--lazy', path);
      rmSync(path, { recursive: true });
    },
  };
}

function asRoot(...command: string[]): void {
  const [file = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  execFileSync(file, args, { stdio: 'ignore', timeout: 20_000 });
}

/** Appends blocks of so many bytes until the disk takes no more. */
function append(path: string, bytes: number): void {
  const file = openSync(path, 'a');
  const block = Buffer.alloc(bytes, 1);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
