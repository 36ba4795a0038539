import { escapeHtml } from '#domain/escape-html.ts';
import {
  axisText,
  HEIGHT,
  horizontalScale,
  MARGIN,
  place,
  timeScale,
  verticalScale,
  WIDTH,
  type Scale,
} from './scale.ts';

/** A line through points in the order of time; `style` is a class of the page's style sheet. */
export interface Line {
  name: string;
  style: 'own' | 'other' | 'fall';
  isFilled: boolean;
  points: { t: number; value: number }[];
}

/** Returns lines over time as SVG. `label` says in words what is seen. */
export function lineChart(lines: readonly Line[], { label, unit }: { label: string; unit: string }): string {
  const points = lines.flatMap((line) => line.points);
  const times = timeScale(
    points.reduce((least, { t }) => Math.min(least, t), Infinity),
    points.reduce((most, { t }) => Math.max(most, t), -Infinity),
  );
  const scale = verticalScale(
    points.map(({ value }) => value),
    lines.some(({ isFilled }) => isFilled),
  );
  const dates = times.ticks.map((t) => dateTick(times.at(t), t));
  return svg(label, [valueAxis(scale, unit), ...dates, ...lines.map((line) => drawLine(line, times, scale))]);
}

function drawLine({ name, style, isFilled, points }: Line, times: Scale, scale: Scale): string {
  const path = points.map(({ t, value }) => `${place(times.at(t))},${place(scale.at(value))}`).join(' ');
  const [first, last] = [points[0], points.at(-1)];
  const base = place(scale.at(0));
  const area =
    isFilled && first && last
      ? `<polygon class="area ${style}" points="${place(times.at(first.t))},${base} ${path} ${place(times.at(last.t))},${base}"/>`
      : '';
  return `${area}<polyline class="line ${style}" points="${path}"><title>${escapeHtml(name)}</title></polyline>`;
}

/** A bar from 0 to its value. */
export interface Bar {
  name: string;
  value: number;
  tone: 'gain' | 'loss';
  /** Said of the bar when it is pointed at. */
  note: string;
}

/** Returns vertical bars side by side as SVG. */
export function barChart(bars: readonly Bar[], { label, unit }: { label: string; unit: string }): string {
  const scale = verticalScale(
    bars.map(({ value }) => value),
    true,
  );
  const slot = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / MOST_NAMES);
  const drawn = bars.map(({ name, value, tone, note }, index) => {
    const x = MARGIN.left + index * slot;
    const [top, bottom] = [scale.at(Math.max(0, value)), scale.at(Math.min(0, value))];
    const text = index % every === 0 ? nameTick(x + slot / 2, shortName(name, bars.length)) : '';
    return (
      `<rect class="bar ${tone}" x="${place(x + slot * 0.12)}" y="${place(top)}" ` +
      `width="${place(slot * 0.76)}" height="${place(Math.max(bottom - top, 0.5))}" rx="1.5">` +
      `<title>${escapeHtml(`${name}: ${note}`)}</title></rect>${text}`
    );
  });
  return svg(label, [valueAxis(scale, unit), ...drawn]);
}

const MOST_NAMES = 8;
const shortName = (name: string, count: number): string => {
  const most = Math.max(5, Math.floor(80 / Math.min(count, MOST_NAMES)));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
};

/** A trade as a dot. */
export interface Dot {
  x: number;
  y: number;
  isGain: boolean;
  note: string;
}

/** Returns dots as SVG; both axes begin at 0. */
export function dotChart(
  dots: readonly Dot[],
  { label, x, y }: { label: string; x: string; y: string },
): string {
  const across = horizontalScale(
    dots.map((dot) => dot.x),
    true,
  );
  const up = verticalScale(
    dots.map((dot) => dot.y),
    true,
  );
  const drawn = dots.map(
    (dot) =>
      `<circle class="dot ${dot.isGain ? 'gain' : 'loss'}" cx="${place(across.at(dot.x))}" cy="${place(up.at(dot.y))}" ` +
      `r="3"><title>${escapeHtml(dot.note)}</title></circle>`,
  );
  const ticks = across.ticks.map((tick) => nameTick(across.at(tick), axisText(tick)));
  const title = `<text class="unit" x="${WIDTH - MARGIN.right}" y="14" text-anchor="end">${escapeHtml(x)}</text>`;
  return svg(label, [valueAxis(up, y), ...ticks, title, ...drawn]);
}

const svg = (label: string, parts: readonly string[]): string =>
  `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${parts.join('')}</svg>`;

function valueAxis(scale: Scale, unit: string): string {
  const lines = scale.ticks.map((tick) => {
    const y = place(scale.at(tick));
    const style = Math.abs(tick) < (scale.to - scale.from) * 1e-9 ? 'grid zero' : 'grid';
    return (
      `<line class="${style}" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y}" y2="${y}"/>` +
      `<text x="${MARGIN.left - 8}" y="${y}" text-anchor="end" dominant-baseline="middle">${axisText(tick)}</text>`
    );
  });
  const title = `<text class="unit" x="${MARGIN.left}" y="14">${escapeHtml(unit)}</text>`;
  return lines.join('') + title;
}

const nameTick = (x: number, name: string): string =>
  `<text x="${place(x)}" y="${HEIGHT - 10}" text-anchor="middle">${escapeHtml(name)}</text>`;

const dateTick = (x: number, t: number): string =>
  `<line class="grid" x1="${place(x)}" x2="${place(x)}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>` +
  nameTick(x, new Date(t).toISOString().slice(0, 10));
