let aheadMs = 0;

/**
 * Returns epoch ms by a clock that never goes back and never stands still while the process lives, for deadlines and
 * ages: it follows the wall clock ahead, as after a sleep of the machine, and goes on evenly where that is set back.
 * Only differences of it mean something.
 */
export function forwardNow(): number {
  const even = performance.timeOrigin + performance.now() + aheadMs;
  const wall = Date.now();
  if (wall <= even) return even;
  aheadMs += wall - even;
  return wall;
}

/** Returns how long to wait, in ms, until a time by {@link forwardNow} is surely over; 0 when it is. */
export const waitUntil = (time: number): number => Math.max(0, Math.ceil(time - forwardNow()) + 1);

/** Returns the wall clock less the time since the process began, in ms: it changes only where the wall clock jumps. */
export const wallOffset = (): number => Date.now() - performance.now();

/** A wall clock that has moved by more than this beside the time that passed was set, or the machine slept. */
const JUMP_MS = 500;

/** Whether the wall clock has jumped since its offset was `offsetMs`. */
export const hasJumped = (offsetMs: number): boolean => Math.abs(wallOffset() - offsetMs) >= JUMP_MS;
