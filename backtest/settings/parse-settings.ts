import { z } from 'zod';
import { CANDLE_PATHS } from '#domain/candles.ts';
import { completePolicy, readGivenPolicy } from '#domain/given-barriers.ts';
import { amount, isBookable, isDecimalString } from '#domain/money.ts';
import type { FieldProblem } from '#domain/parse-barriers.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { parseSizeModel } from './size-model.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const isAtLeast = (text: string, least: number): boolean =>
  isDecimalString(text) && isBookable(text) && amount(text).gte(least);
const positive = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => isAtLeast(text, 0) && !amount(text).isZero(), 'must be a positive amount, such as "500"');
const notNegative = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => isAtLeast(text, 0), 'must be an amount of 0 or more');

const sizeModel = z.unknown().transform((input, context) => {
  const read = parseSizeModel(input);
  if (typeof read === 'object') return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
});

const barriers = z.unknown().transform((input, context) => {
  const read = readGivenPolicy(input);
  if (read.ok) return completePolicy(read.barriers);
  for (const { field, message } of read.problems)
    context.addIssue({ code: 'custom', path: field === '' ? [] : field.split('.'), message });
  return z.NEVER;
});

const agent = z.strictObject({
  name: z.string().min(1).max(60).optional(),
  barriers: barriers.optional(),
  sizeModel: sizeModel.optional(),
  minConfidence: z.number().min(0).max(1).optional(),
  maxDriftPct: z.number().min(0).max(100).optional(),
  signalTtlMs: z.number().int().min(1_000).max(DAY_MS).optional(),
  weight: z.number().int().min(0).max(100).optional(),
});

const pause = { pauseMs: z.number().int().min(1) };
const deployment = z.strictObject({
  maxLeverage: z.number().min(1).max(50).optional(),
  maxNotionalUsd: positive.nullable().optional(),
  maxOpenPositions: z.number().int().min(1).max(100_000).optional(),
  sizeModel: sizeModel.nullable().optional(),
  maxGrossUsd: positive.optional(),
  maxInstrumentUsd: positive.optional(),
  maxDailyLossUsd: positive.optional(),
  maxDrawdownUsd: positive.optional(),
  lossStreak: z.strictObject({ losses: z.number().int().min(1), ...pause }).optional(),
  stopGuard: z
    .strictObject({ stops: z.number().int().min(1), withinMs: z.number().int().min(1), ...pause })
    .optional(),
  maxEntriesPerMinute: z.number().int().min(1).optional(),
});

const bps = z.number().min(0).max(1_000);
const costs = z.strictObject({
  takerBps: bps.optional(),
  flatUsd: notNegative.optional(),
  spreadBps: bps.optional(),
  slippageBps: bps.optional(),
  fundingBpsPerHour: z.number().min(-100).max(100).optional(),
});

const instrument = z.strictObject({
  tick: positive.optional(),
  lot: positive.optional(),
  minNotionalUsd: notNegative.optional(),
  maxLeverage: z.number().min(1).max(200).optional(),
});

const settingsInput = z.strictObject({
  capitalUsd: positive.optional(),
  path: z.enum([...CANDLE_PATHS, 'both']).optional(),
  delayMs: z.number().int().min(0).max(DAY_MS).optional(),
  agent: agent.optional(),
  deployment: deployment.optional(),
  costs: costs.optional(),
  again: z.boolean().optional(),
  independent: z.boolean().optional(),
  instruments: z.record(z.string(), instrument).optional(),
});

export type ParsedSettings = { ok: true; settings: Settings } | { ok: false; problem: FieldProblem };

/** Reads settings from outside and fills in the defaults; returns the first field that cannot be used, and why. */
export function parseSettings(input: unknown): ParsedSettings {
  const read = settingsInput.safeParse(input);
  if (!read.success) {
    const [issue] = read.error.issues;
    return {
      ok: false,
      problem: { field: pathOf(issue?.path ?? []), message: issue?.message ?? 'cannot be read' },
    };
  }
  const defaults = defaultSettings();
  const given = withoutUndefined(read.data);
  const settings: Settings = {
    ...defaults,
    ...given,
    agent: { ...defaults.agent, ...withoutUndefined(read.data.agent ?? {}) },
    deployment: { ...defaults.deployment, ...withoutUndefined(read.data.deployment ?? {}) },
    costs: { ...defaults.costs, ...withoutUndefined(read.data.costs ?? {}) },
    instruments: Object.fromEntries(
      Object.entries(read.data.instruments ?? {}).map(([symbol, rules]) => [symbol, withoutUndefined(rules)]),
    ),
  };
  const problem = contradictionIn(settings);
  return problem ? { ok: false, problem } : { ok: true, settings };
}

/** Returns settings that cannot hold together; null where all do. */
function contradictionIn({
  agent: { signalTtlMs },
  delayMs,
  costs: { spreadBps, slippageBps },
  deployment: limits,
  independent,
  ...rest
}: Settings): FieldProblem | null {
  if (delayMs >= signalTtlMs)
    return {
      field: 'delayMs',
      message: `is ${delayMs}, and a signal is good for ${signalTtlMs} ms: nothing would be traded`,
    };
  if (spreadBps / 2 + slippageBps > 100)
    return {
      field: 'costs.slippageBps',
      message: 'with half of the spread is above 1 %, which no entry accepts',
    };
  if (
    limits.maxNotionalUsd !== null &&
    amount(limits.maxNotionalUsd).gt(amount(rest.capitalUsd).mul(limits.maxLeverage))
  )
    return {
      field: 'deployment.maxNotionalUsd',
      message: `is more than ${rest.capitalUsd} USD at ${limits.maxLeverage}x can hold`,
    };
  const isLimited = Object.keys(limits).some(
    (name) => !['maxLeverage', 'maxNotionalUsd', 'maxOpenPositions', 'sizeModel'].includes(name),
  );
  if (independent && isLimited)
    return {
      field: 'independent',
      message: 'contradicts limits of the deployment: trades of their own know none',
    };
  return null;
}

/** An optional field that is absent, and not one that is undefined. */
type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

const withoutUndefined = <Fields extends object>(fields: Fields): Given<Fields> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries are those of the fields, without the undefined ones
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
