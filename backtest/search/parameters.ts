import type { Barriers } from '#domain/barriers.ts';
import type { BarrierPart } from '#domain/parse-barriers.ts';
import { createRandom, randomIndex } from '../random.ts';
import type { Settings } from '../settings/settings.ts';

interface Parameter {
  /** One line for people. */
  what: string;
  set(settings: Settings, value: number): Settings;
}

/** What a search varies. Exits that it varies hold for every trade, also where its call names others. */
export const PARAMETERS = {
  stop: {
    what: 'stop, percent from the entry',
    set: (settings, pct) => withBarriers(settings, 'stopLoss', { stopLoss: { pct } }),
  },
  target: {
    what: 'one target for the whole size, percent from the entry',
    set: (settings, pct) => withBarriers(settings, 'takeProfits', { takeProfits: [{ pct, fraction: 1 }] }),
  },
  trail: {
    what: 'distance of the trail, percent of the best price',
    set: (settings, distancePct) => withTrail(settings, { distancePct }),
  },
  'trail-from': {
    what: 'profit from which the trail runs, percent of the entry',
    set: (settings, activatesAtPct) => withTrail(settings, { activatesAtPct }),
  },
  hours: {
    what: 'time limit in hours',
    set: (settings, hours) => withBarriers(settings, 'timeLimitMs', { timeLimitMs: hours * 3_600_000 }),
  },
  risk: {
    what: 'risk of a trade, percent of the equity',
    set: (settings, percent) => withSize(settings, { mode: 'riskPercent', percent }),
  },
  equity: {
    what: 'size of a trade, percent of the equity',
    set: (settings, percent) => withSize(settings, { mode: 'equityPercent', percent }),
  },
  notional: {
    what: 'size of a trade, USD',
    set: (settings, usd) => withSize(settings, { mode: 'fixedNotional', notionalUsd: String(usd) }),
  },
  positions: {
    what: 'positions open at a time',
    set: (settings, maxOpenPositions) => ({
      ...settings,
      deployment: { ...settings.deployment, maxOpenPositions },
    }),
  },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** A parameter with the values that are tried, in rising order. */
export interface Axis {
  name: ParameterName;
  values: number[];
}

/** A value for each parameter that is varied. */
export type Point = Partial<Record<ParameterName, number>>;

/** Returns settings with the values of a point. */
export const settingsAt = (settings: Settings, point: Point): Settings =>
  PARAMETER_NAMES.reduce((changed, name) => {
    const value = point[name];
    return value === undefined ? changed : PARAMETERS[name].set(changed, value);
  }, settings);

/** Returns every combination of the values of axes, the last axis changing first. */
export const gridOf = (axes: readonly Axis[]): Point[] =>
  axes.reduce<Point[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );

/** Returns `count` combinations drawn at random, none twice; all of them where there are no more. */
export function randomPoints(axes: readonly Axis[], count: number, seed: number): Point[] {
  const all = axes.reduce((product, { values }) => product * values.length, 1);
  if (all <= count) return gridOf(axes);
  const random = createRandom(seed);
  const drawn = new Map<string, Point>();
  while (drawn.size < count) {
    const point: Point = {};
    for (const { name, values } of axes) point[name] = values[randomIndex(random, values.length)] ?? 0;
    drawn.set(JSON.stringify(point), point);
  }
  return [...drawn.values()];
}

/** An axis that cannot be read; the message says what is wrong with it. */
export class AxisError extends Error {
  override name = 'InputError';
}

const MOST_VALUES = 1_000;

/** Reads `stop=1,2,5` or `stop=1..5:0.5`; throws {@link AxisError}. */
export function parseAxis(text: string): Axis {
  const [given = '', list = ''] = text.split('=');
  const name = PARAMETER_NAMES.find((each) => each === given.trim());
  if (name === undefined) throw new AxisError(`--vary knows ${PARAMETER_NAMES.join(', ')}, not "${given}"`);
  const values = [...new Set(list.includes('..') ? rangeOf(list) : list.split(',').map(readNumber))];
  const isUsable = values.length > 0 && values.length <= MOST_VALUES && values.every((value) => value >= 0);
  if (!isUsable) throw new AxisError(`--vary ${text}: give values as ${name}=1,2,5 or ${name}=1..5:0.5`);
  return { name, values: values.sort((a, b) => a - b) };
}

const readNumber = (text: string): number => (text.trim() === '' ? NaN : Number(text));

function rangeOf(text: string): number[] {
  const [, from = '', to = '', step = ''] = /^([\d.]+?)\.\.([\d.]+):([\d.]+)$/.exec(text.trim()) ?? [];
  const [low, high, by] = [from, to, step].map(readNumber);
  if (low === undefined || high === undefined || by === undefined || !(by > 0) || !(high >= low)) return [];
  const count = Math.floor((high - low) / by + 1e-9) + 1;
  if (count > MOST_VALUES) return [];
  return Array.from({ length: count }, (_, index) => Number((low + index * by).toPrecision(12)));
}

function withBarriers(settings: Settings, part: BarrierPart, barriers: Barriers): Settings {
  const { always = [] } = settings.agent.barriers;
  return {
    ...settings,
    agent: {
      ...settings.agent,
      barriers: { ...settings.agent.barriers, ...barriers, always: [...new Set([...always, part])] },
    },
  };
}

function withTrail(settings: Settings, change: Partial<NonNullable<Barriers['trailing']>[number]>): Settings {
  const [step = { activatesAtPct: 0, distancePct: 1 }] = settings.agent.barriers.trailing ?? [];
  return withBarriers(settings, 'trailing', { trailing: [{ ...step, ...change }] });
}

/** A size of the deployment's own would stand before the agent's. */
const withSize = (settings: Settings, sizeModel: Settings['agent']['sizeModel']): Settings => ({
  ...settings,
  agent: { ...settings.agent, sizeModel },
  deployment: { ...settings.deployment, sizeModel: null },
});
