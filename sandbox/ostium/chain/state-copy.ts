import { copyFile, readFile, rename, rm, stat } from 'node:fs/promises';

/** Keeps the last whole state of a node beside the file that the node writes over in place. */
export interface StateCopy {
  stop(): void;
}

const LOOK_EVERY_MS = 2_000;
const copyOf = (file: string): string => `${file}.kept`;

/**
 * Puts the kept copy in the place of a state file that was cut off, by a full disk or a power cut. Returns whether it
 * did. What the node did after the copy was made is lost then.
 */
export async function restoreState(file: string): Promise<boolean> {
  const [isThere, isWhole, isKept] = await Promise.all([
    exists(file),
    holdsJson(file),
    holdsJson(copyOf(file)),
  ]);
  if (isWhole) return false;
  if (isKept) {
    await copyFile(copyOf(file), file);
    return true;
  }
  // A node that was ended before its first whole state begins anew.
  if (isThere) await rm(file);
  return false;
}

/** Copies the state file each time that the node has written it whole. */
export function keepState(file: string): StateCopy {
  let copiedAtMs = 0;
  let isCopying = false;
  const timer = setInterval(() => {
    if (isCopying) return;
    isCopying = true;
    void copyWhole(file, copiedAtMs)
      .then((writtenAtMs) => (copiedAtMs = writtenAtMs))
      // A full disk, or a file that the node is writing: the next look tries again.
      .catch(() => undefined)
      .finally(() => (isCopying = false));
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Copies a file that was written after a time, and returns when it was written, both in epoch milliseconds. */
async function copyWhole(file: string, copiedAtMs: number): Promise<number> {
  const { mtimeMs } = await stat(file);
  if (mtimeMs === copiedAtMs) return copiedAtMs;
  const draft = `${copyOf(file)}.new`;
  await copyFile(file, draft);
  if (!(await holdsJson(draft))) return copiedAtMs;
  await rename(draft, copyOf(file));
  return mtimeMs;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function holdsJson(file: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
