import { METRICS, type MetricName, type MetricUnit } from '#domain/metrics/definitions.ts';
import { duration, signedUsd } from './output.ts';

type MetricValue = string | number | null;

/** Returns a value as people read it; `-` for null. Amounts of USD have a sign where they are a gain or a loss. */
export const unitText = (unit: MetricUnit, value: MetricValue, { signed = true } = {}): string =>
  value === null ? '-' : (signed ? WRITERS[unit] : unsigned(unit))(value);

/** Returns a number as people read it, by the unit of its definition; `-` where it has no meaning yet. */
export const metricText = (name: MetricName, value: MetricValue): string =>
  unitText(METRICS[name].unit, value, { signed: !UNSIGNED.has(name) });

/** Amounts that are no gain or loss. */
const UNSIGNED: ReadonlySet<MetricName> = new Set([
  'feesUsd',
  'volumeUsd',
  'exposureUsd',
  'equityUsd',
  'maxDrawdownUsd',
]);

const fixed =
  (digits: number, unit = '') =>
  (value: string | number) =>
    `${Number(value).toFixed(digits)}${unit}`;

const unsigned = (unit: MetricUnit) => (unit === 'usd' ? fixed(2) : WRITERS[unit]);

const WRITERS: Record<MetricUnit, (value: string | number) => string> = {
  usd: (value) => signedUsd(String(value)),
  percent: fixed(2, ' %'),
  share: (value) => `${(Number(value) * 100).toFixed(1)} %`,
  ratio: fixed(2),
  R: fixed(2, ' R'),
  bps: fixed(1, ' bps'),
  ms: (value) => duration(Number(value)),
  days: fixed(0, ' d'),
  count: fixed(0),
};
