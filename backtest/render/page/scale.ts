/** Size of a chart in its own units, and what stays free for the texts of its axes. */
export const WIDTH = 720;
export const HEIGHT = 260;
export const MARGIN = { left: 66, right: 14, top: 26, bottom: 30 };

/** Leads from values to places on an axis. */
export interface Scale {
  from: number;
  to: number;
  ticks: number[];
  at(value: number): number;
}

/** Returns the scale of the vertical axis for values, with 0 where `withZero`. */
export const verticalScale = (values: readonly number[], withZero: boolean): Scale =>
  linearScale(values, withZero, [HEIGHT - MARGIN.bottom, MARGIN.top]);

/** Returns the scale of the horizontal axis for values. */
export const horizontalScale = (values: readonly number[], withZero: boolean): Scale =>
  linearScale(values, withZero, [MARGIN.left, WIDTH - MARGIN.right]);

function linearScale(
  values: readonly number[],
  withZero: boolean,
  [start, end]: readonly [number, number],
): Scale {
  const known = values.filter(Number.isFinite);
  const bounds = withZero ? [0, ...known] : known;
  const low = bounds.reduce((least, value) => Math.min(least, value), bounds[0] ?? 0);
  const high = bounds.reduce((most, value) => Math.max(most, value), bounds[0] ?? 1);
  const step = niceStep((high - low) / 5 || Math.abs(high) / 5 || 1);
  const [from, to] = [
    Math.floor(low / step) * step,
    Math.max(Math.ceil(high / step), Math.floor(low / step) + 1) * step,
  ];
  const count = Math.round((to - from) / step);
  return {
    from,
    to,
    ticks: Array.from({ length: count + 1 }, (_, index) => from + index * step),
    at: (value) => start + ((value - from) / (to - from)) * (end - start),
  };
}

/** Returns 1, 2, 2.5 or 5 times a power of ten that is not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (NICE.find((nice) => nice * power >= step * (1 - 1e-9)) ?? 10) * power;
}
const NICE = [1, 2, 2.5, 5, 10];

/** Returns the scale of times, epoch ms, with ticks at starts of days or months (UTC). */
export function timeScale(from: number, to: number): Scale {
  const end = Math.max(to, from + 1);
  return {
    from,
    to: end,
    ticks: timeTicks(from, end),
    at: (t) => MARGIN.left + ((t - from) / (end - from)) * (WIDTH - MARGIN.left - MARGIN.right),
  };
}

const DAY = 86_400_000;
const MOST_TICKS = 6;

function timeTicks(from: number, to: number): number[] {
  const days = Math.max(1, Math.ceil((to - from) / DAY / MOST_TICKS));
  if (days > 20) return monthTicks(from, to);
  const first = Math.ceil(from / DAY) * DAY;
  return Array.from({ length: MOST_TICKS + 1 }, (_, index) => first + index * days * DAY).filter(
    (t) => t <= to,
  );
}

function monthTicks(from: number, to: number): number[] {
  const months = Math.max(1, Math.ceil((to - from) / DAY / 30 / MOST_TICKS));
  const start = new Date(from);
  return Array.from({ length: MOST_TICKS + 2 }, (_, index) =>
    Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1 + index * months, 1),
  ).filter((t) => t <= to);
}

/** Returns a number as an axis has it: `1.2k`, `-0.5`. */
export function axisText(value: number): string {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toFixed(2))}k`;
  return String(Number(value.toFixed(4)));
}

/** Returns a number of an SVG attribute, to a hundredth. */
export const place = (value: number): string => String(Number(value.toFixed(2)));
