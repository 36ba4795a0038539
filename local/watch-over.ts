import { isDiskFull, LEAST_ROOM_BYTES, roomText } from '#process/disk-room.ts';
import { rotateLog } from '#process/log-file.ts';
import type { Stoppable } from '#process/stop-all.ts';
import type { StateDir } from './state-dir.ts';

export interface WatchOverOptions {
  state: StateDir;
  logFiles: () => string[];
  log: (part: string, line: string) => void;
  /** Called at each look. */
  onLook: () => void;
}

export interface WatchOver extends Stoppable {
  /** Rejects with StateDirGoneError when the state folder is gone. */
  readonly failed: Promise<never>;
}

const EVERY_MS = 1_000;
const CLOCK_JUMP_MS = 2_000;

/**
 * Looks each second, until stopped, whether the state folder is there and has room, logs are short and the clock runs
 * evenly.
 */
export function watchOver({ state, logFiles, log, onLook }: WatchOverOptions): WatchOver {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const clockJump = createClockWatch(Date.now, () => performance.now());
  const roomChange = createRoomWatch(state.root);
  const timer = setInterval(() => {
    try {
      state.assertHeld();
      for (const file of logFiles()) rotateLog(file);
      onLook();
    } catch (error) {
      reject(error);
    }
    const change = roomChange();
    if (change !== null) log('disk', change);
    const jumpMs = clockJump();
    if (jumpMs !== 0) log('clock', describeJump(jumpMs));
  }, EVERY_MS);
  timer.unref();
  return { name: 'the watch over the system', failed, stop: async () => clearInterval(timer) };
}

/** Returns a function that says once that the disk has become full, and once that there is room again. */
function createRoomWatch(path: string): () => string | null {
  let wasFull = false;
  return () => {
    const isFull = isDiskFull(path);
    if (isFull === wasFull) return null;
    wasFull = isFull;
    return isFull
      ? `the disk of ${path} is full: make room (${roomText(LEAST_ROOM_BYTES)} at least), and everything goes on. ` +
          'Until then trades are neither opened nor closed from here; what rests at the venues rests there'
      : 'there is room again: everything goes on';
  };
}

/**
 * Returns a function that says how many milliseconds the wall clock has moved beyond the time that passed since its
 * last call; 0 for what a clock that is kept in step does.
 */
export function createClockWatch(wall: () => number, elapsed: () => number): () => number {
  let offset = wall() - elapsed();
  return () => {
    const before = offset;
    offset = wall() - elapsed();
    const jumpMs = Math.round(offset - before);
    return Math.abs(jumpMs) < CLOCK_JUMP_MS ? 0 : jumpMs;
  };
}

const describeJump = (jumpMs: number): string =>
  `the clock of this machine has jumped ${jumpMs > 0 ? 'ahead' : 'back'} by ${Math.abs(jumpMs / 1000).toFixed(1)} s ` +
  '(it was set, or the machine slept); trades go on by the clock of the database';
