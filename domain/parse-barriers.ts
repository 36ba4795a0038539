import {
  MAX_TAKE_PROFITS,
  type Barriers,
  type Level,
  type TakeProfit,
  type TrailingStep,
} from './barriers.ts';
import { amount, isBookable, isDecimalString, sum } from './money.ts';

/** One fault of an input: its place (`takeProfits[0].fraction`; empty for the whole) and the value it must have. */
export interface FieldProblem {
  field: string;
  message: string;
}

export type ParsedBarriers = { ok: true; barriers: Barriers } | { ok: false; problems: FieldProblem[] };

/** The parts that barriers are made of. */
export const BARRIER_PARTS = [
  'stopLoss',
  'takeProfits',
  'breakEven',
  'trailing',
  'timeLimitMs',
] as const satisfies readonly (keyof Barriers)[];
export type BarrierPart = (typeof BARRIER_PARTS)[number];
/** Longest time limit: ten years, short enough to catch a limit given in nanoseconds. */
const MAX_TIME_LIMIT_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const MAX_TRAILING_STEPS = 10;
const MAX_PROFIT_PCT = 10_000;
/** Most by which fractions may miss 1: thirds do not add up to exactly 1 as `number`. */
const FRACTION_TOLERANCE = 1e-9;

/**
 * Reads barriers from outside (a signal's payload, a policy file). Absent and null parts are no barrier. Unknown
 * fields are problems, so that a misspelt stop is never silently no stop.
 */
export const parseBarriers = (input: unknown): ParsedBarriers => parse(input, 1);

/** Reads other exits of an open trade: its break-even may come after target 0, which is now. */
export const parseAdjustment = (input: unknown): ParsedBarriers => parse(input, 0);

function parse(input: unknown, firstBreakEven: 0 | 1): ParsedBarriers {
  const problems: FieldProblem[] = [];
  const root = readObject(input, '', BARRIER_PARTS, problems) ?? {};
  const barriers: Barriers = {};
  if (isGiven(root['stopLoss'])) {
    const level = readLevel(root['stopLoss'], 'stopLoss', 100, [], problems);
    if (level) barriers.stopLoss = level.level;
  }
  const takeProfits = readList(root['takeProfits'], 'takeProfits', MAX_TAKE_PROFITS, readRung, problems);
  if (takeProfits) barriers.takeProfits = takeProfits;
  const trailing = readList(root['trailing'], 'trailing', MAX_TRAILING_STEPS, readTrailingStep, problems);
  if (trailing) barriers.trailing = trailing;
  if (isGiven(root['breakEven'])) {
    const breakEven = readBreakEven(root['breakEven'], firstBreakEven, problems);
    if (breakEven) barriers.breakEven = breakEven;
  }
  if (isGiven(root['timeLimitMs'])) {
    const limit = readNumber(
      root,
      '',
      'timeLimitMs',
      { above: 0, max: MAX_TIME_LIMIT_MS, whole: true },
      problems,
    );
    if (limit !== null) barriers.timeLimitMs = limit;
  }
  checkFractions(barriers.takeProfits ?? [], problems);
  checkActivations(barriers.trailing ?? [], problems);
  return problems.length === 0 ? { ok: true, barriers } : { ok: false, problems };
}

type Fields = Record<string, unknown>;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const join = (parent: string, field: string): string => (parent === '' ? field : `${parent}.${field}`);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readObject(
  value: unknown,
  field: string,
  known: readonly string[],
  problems: FieldProblem[],
): Fields | null {
  if (!isFields(value)) {
    problems.push({ field, message: 'must be an object' });
    return null;
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    problems.push({ field: join(field, name), message: `is not known here; known are ${known.join(', ')}` });
  }
  return value;
}

interface NumberRange {
  above?: number;
  min?: number;
  below?: number;
  max?: number;
  whole?: boolean;
}

function readNumber(
  fields: Fields,
  parent: string,
  name: string,
  range: NumberRange,
  problems: FieldProblem[],
): number | null {
  const value = fields[name];
  if (typeof value === 'number' && isInRange(value, range)) return value;
  problems.push({ field: join(parent, name), message: `must be ${describe(range)}` });
  return null;
}

const isInRange = (value: number, { above, min, below, max, whole }: NumberRange): boolean =>
  Number.isFinite(value) &&
  (above === undefined || value > above) &&
  (min === undefined || value >= min) &&
  (below === undefined || value < below) &&
  (max === undefined || value <= max) &&
  (whole !== true || Number.isInteger(value));

function describe({ above, min, below, max, whole }: NumberRange): string {
  const bounds = [
    above === undefined ? null : `above ${above}`,
    min === undefined ? null : `at least ${min}`,
    below === undefined ? null : `below ${below}`,
    max === undefined ? null : `at most ${max}`,
  ].filter((bound) => bound !== null);
  return `a ${whole === true ? 'whole number' : 'number'} ${bounds.join(' and ')}`;
}

/** Reads a level: exactly one of `pct` and `price`. Other fields of the object that holds it may stand beside it. */
function readLevel(
  value: unknown,
  field: string,
  belowPct: number,
  beside: string[],
  problems: FieldProblem[],
): { level: Level; fields: Fields } | null {
  const fields = readObject(value, field, ['pct', 'price', ...beside], problems);
  if (!fields) return null;
  if (isGiven(fields['pct']) === isGiven(fields['price'])) {
    problems.push({ field, message: 'must have either pct or price' });
    return null;
  }
  if (isGiven(fields['pct'])) {
    const pct = readNumber(fields, field, 'pct', { above: 0, below: belowPct }, problems);
    return pct === null ? null : { level: { pct }, fields };
  }
  const price = fields['price'];
  if (typeof price === 'string' && isDecimalString(price) && isBookable(price) && amount(price).gt(0)) {
    return { level: { price }, fields };
  }
  problems.push({
    field: join(field, 'price'),
    message: 'must be a positive price as text, such as "47500"',
  });
  return null;
}

function readList<Item>(
  value: unknown,
  field: string,
  maxLength: number,
  readItem: (item: unknown, field: string, problems: FieldProblem[]) => Item | null,
  problems: FieldProblem[],
): Item[] | null {
  if (!isGiven(value)) return null;
  if (!Array.isArray(value) || value.length > maxLength) {
    problems.push({ field, message: `must be a list of at most ${maxLength}` });
    return null;
  }
  const items = value.map((item: unknown, index) => readItem(item, `${field}[${index}]`, problems));
  return items.length === 0 ? null : items.filter((item) => item !== null);
}

function readRung(value: unknown, field: string, problems: FieldProblem[]): TakeProfit | null {
  const read = readLevel(value, field, MAX_PROFIT_PCT, ['fraction'], problems);
  if (!read) return null;
  const fraction = readNumber(read.fields, field, 'fraction', { above: 0, max: 1 }, problems);
  return fraction === null ? null : { ...read.level, fraction };
}

function readTrailingStep(value: unknown, field: string, problems: FieldProblem[]): TrailingStep | null {
  const fields = readObject(value, field, ['activatesAtPct', 'distancePct'], problems);
  if (!fields) return null;
  const activation = { min: 0, below: MAX_PROFIT_PCT };
  const activatesAtPct = readNumber(fields, field, 'activatesAtPct', activation, problems);
  const distancePct = readNumber(fields, field, 'distancePct', { above: 0, below: 100 }, problems);
  return activatesAtPct === null || distancePct === null ? null : { activatesAtPct, distancePct };
}

function readBreakEven(value: unknown, min: number, problems: FieldProblem[]): Barriers['breakEven'] | null {
  const fields = readObject(value, 'breakEven', ['afterTakeProfit', 'offsetPct'], problems);
  if (!fields) return null;
  const legs = { min, max: MAX_TAKE_PROFITS, whole: true };
  const afterTakeProfit = readNumber(fields, 'breakEven', 'afterTakeProfit', legs, problems);
  if (fields['offsetPct'] === undefined) return afterTakeProfit === null ? null : { afterTakeProfit };
  const offsetPct = readNumber(fields, 'breakEven', 'offsetPct', { min: 0, below: 100 }, problems);
  return afterTakeProfit === null || offsetPct === null ? null : { afterTakeProfit, offsetPct };
}

function checkFractions(takeProfits: TakeProfit[], problems: FieldProblem[]): void {
  const total = sum(takeProfits.map(({ fraction }) => amount(fraction)));
  if (total.lte(1 + FRACTION_TOLERANCE)) return;
  problems.push({
    field: 'takeProfits',
    message: `fractions must add up to at most 1, not ${total.toFixed()}`,
  });
}

function checkActivations(steps: TrailingStep[], problems: FieldProblem[]): void {
  for (const [index, step] of steps.entries()) {
    const previous = steps[index - 1];
    if (!previous || step.activatesAtPct >= previous.activatesAtPct) continue;
    const field = `trailing[${index}].activatesAtPct`;
    problems.push({ field, message: 'must not be below that of the step before' });
  }
}
