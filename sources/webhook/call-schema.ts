import { z } from 'zod';
import { MAX_TAKE_PROFITS } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { Level } from '#domain/levels.ts';
import { amount, decimalString, isBookable, isDecimalString, type DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';

/** Longest text of a number. */
const MAX_DIGITS = 40;
const MAX_LEVERAGE = 50;

/** A positive number, as a number or as text; charts write numbers, programs that care write text. */
const positive = (what: string) =>
  z
    .union([z.number(), z.string().trim().max(MAX_DIGITS)], `must be ${what}`)
    .refine((given) => isPositive(String(given)), `must be ${what}`)
    .transform((given): DecimalString => decimalString(amount(given)));

function isPositive(text: string): boolean {
  const plain =
    text.includes('e') && Number.isFinite(Number(text)) ? decimalString(amount(Number(text))) : text;
  return isDecimalString(plain) && isBookable(plain) && amount(plain).gt(0);
}

const price = positive('a price above 0, such as 61000 or "61000.5"');

/** A price, or a distance in percent of the price: `"2.5%"`. */
const level = z
  .union([z.number(), z.string().trim().max(MAX_DIGITS)], 'must be a price or a percent')
  .refine(
    (given) => isPositive(String(given).replace(/\s*%$/, '')),
    'must be a price above 0, or a percent of the price such as "2.5%"',
  )
  .transform((given): Level => {
    const text = String(given);
    if (!text.endsWith('%')) return { price: decimalString(amount(given)) };
    return { pct: Number(text.slice(0, -1)) };
  });

const SIDES: Readonly<Record<string, Side>> = { long: 'long', buy: 'long', short: 'short', sell: 'short' };

const side = z
  .string()
  .trim()
  .refine(
    (text) => Object.hasOwn(SIDES, text.toLowerCase()),
    'must be long or short (buy and sell count too)',
  )
  .transform((text): Side => SIDES[text.toLowerCase()] ?? 'long');

const instrument = z
  .string()
  .trim()
  .regex(/^[$#]?[\w:./-]{1,40}$/, 'must name an instrument, such as BTC')
  .meta({ examples: ['BTC'] });

/** How large the trade is to be; limits of each deployment hold whatever is asked. */
const size = z
  .union(
    [
      z.strictObject({ usd: positive('an amount in USD above 0') }),
      z.strictObject({ equityPercent: z.number().gt(0).max(100) }),
      z.strictObject({ riskPercent: z.number().gt(0).max(100) }),
    ],
    'must be {"usd": 500}, {"equityPercent": 5} or {"riskPercent": 1}',
  )
  .transform((given): SizeModel => {
    if ('usd' in given) return { mode: 'fixedNotional', notionalUsd: given.usd };
    if ('equityPercent' in given) return { mode: 'equityPercent', percent: given.equityPercent };
    return { mode: 'riskPercent', percent: given.riskPercent };
  });

/** Fields that every delivery may have beside its message. */
const envelope = {
  /** The sender's own id of the message: one that comes again is passed over. */
  id: z
    .union([z.string().trim().min(1).max(200), z.number()])
    .transform(String)
    .optional(),
  author: z.string().trim().min(1).max(200).optional(),
  /** When it was meant: ISO 8601 with a zone, or epoch seconds or milliseconds. */
  timestamp: z
    .union([z.string().trim().max(MAX_DIGITS), z.number()])
    .refine((given) => toEpochMs(given) !== null, 'must be an ISO 8601 time with a zone, or epoch seconds')
    .transform((given) => toEpochMs(given) ?? 0)
    .optional(),
  /** How old it may be when it arrives, in s. */
  max_lag: z.number().positive().max(86_400).optional(),
};

export const openCall = z.strictObject({
  action: z.literal('open'),
  instrument,
  side,
  entry: price.nullable().default(null),
  stop: level.nullable().default(null),
  targets: z.array(level).max(MAX_TAKE_PROFITS, `must be at most ${MAX_TAKE_PROFITS}`).default([]),
  leverage: z.coerce.number().int().min(1).max(MAX_LEVERAGE).nullable().default(null),
  size: size.nullable().default(null),
  ...envelope,
});

export const closeCall = z.strictObject({
  action: z.literal('close'),
  instrument,
  side: side.nullable().default(null),
  ...envelope,
});

export const textMessage = z.strictObject({
  text: z.string().min(1, 'must not be empty').max(60_000),
  ...envelope,
});

const FIRST_MS = Date.UTC(2000, 0);
const LAST_MS = Date.UTC(2200, 0);
/** A number below this is in seconds. */
const SECONDS_BELOW = 100_000_000_000;

/** Returns epoch ms; null for what is no time, or one without a zone. */
function toEpochMs(given: string | number): number | null {
  const number = typeof given === 'number' || /^\d{9,14}$/.test(given) ? Number(given) : null;
  const isIso = typeof given === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/u.test(given);
  if (number === null && !isIso) return null;
  const ms = number === null ? Date.parse(String(given)) : number < SECONDS_BELOW ? number * 1_000 : number;
  return ms >= FIRST_MS && ms < LAST_MS ? Math.round(ms) : null;
}
