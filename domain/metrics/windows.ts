export const DAY_MS = 24 * 60 * 60 * 1000;
export const HOUR_MS = 60 * 60 * 1000;

/** The windows over which numbers are shown, in whole days (UTC), today included; null is since the first trade. */
export const WINDOWS = { '30d': 30, '90d': 90, all: null } as const;
export type WindowName = keyof typeof WINDOWS;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[];

/** Returns the start of the day (UTC) that `t` is in; both epoch ms. */
export const startOfDay = (t: number): number => Math.floor(t / DAY_MS) * DAY_MS;
export const startOfHour = (t: number): number => Math.floor(t / HOUR_MS) * HOUR_MS;

/** Returns when a window that ends today begins, epoch ms; 0 for all time. */
export function startOfWindow(name: WindowName, now: number): number {
  const days = WINDOWS[name];
  return days === null ? 0 : startOfDay(now) - (days - 1) * DAY_MS;
}
