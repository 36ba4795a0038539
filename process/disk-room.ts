import { statfsSync } from 'node:fs';

/** With less than this a database cannot go on: Postgres alone takes 16 MiB at a time for what it writes ahead. */
export const LEAST_ROOM_BYTES = 32 * 1024 * 1024;

/** Returns how many bytes this user may still write beneath a path; null where the system does not tell. */
export function roomAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Whether there is too little room beneath a path for the system to go on. */
export function isDiskFull(path: string): boolean {
  const room = roomAt(path);
  return room !== null && room < LEAST_ROOM_BYTES;
}

/** `12 MiB`, `3.4 GiB`. */
export function roomText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1024 ? `${Math.floor(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
