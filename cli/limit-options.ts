import { InvalidArgumentError, type Command } from 'commander';
import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import { wholeNumber } from './context.ts';
import { spanMs, spanText } from './read-span.ts';

/** Limits as options give them. */
export interface LimitOptions {
  gross?: string;
  instrument?: string;
  dailyLoss?: string;
  drawdown?: string;
  lossStreak?: EntryLimits['lossStreak'] | None;
  stopGuard?: EntryLimits['stopGuard'] | None;
  perMinute?: number | None;
}

/** Gives a command the options that set limits of entries, each of which takes `none`. */
export const withLimitOptions = (command: Command): Command =>
  command
    .option('--gross <usd>', 'value of all that is open')
    .option('--instrument <usd>', 'value of all that is open in one instrument')
    .option('--daily-loss <usd>', 'loss since midnight (UTC); ends at midnight')
    .option('--drawdown <usd>', 'fall below the highest profit of 30 days; a person ends it')
    .option('--loss-streak <n/pause>', 'losses one after another, and the pause: 4/6h', orNone(streak))
    .option(
      '--stop-guard <n/within/pause>',
      'stops hit within a time, and the pause: 4/24h/12h',
      orNone(guard),
    )
    .option('--per-minute <n>', 'entries in 60 s', orNone(wholeNumber(1, 1_000)));

/** What takes a limit away; commander has another use for null. */
const NONE = 'none';
type None = typeof NONE;

/** Returns the change of limits that options ask for: null takes a limit away. */
export const limitsOf = (options: LimitOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({
      maxGrossUsd: options.gross,
      maxInstrumentUsd: options.instrument,
      maxDailyLossUsd: options.dailyLoss,
      maxDrawdownUsd: options.drawdown,
      lossStreak: options.lossStreak,
      stopGuard: options.stopGuard,
      maxEntriesPerMinute: options.perMinute,
    })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === NONE ? null : value]),
  );

const orNone =
  <Value>(read: (text: string) => Value) =>
  (text: string): Value | None =>
    text === NONE ? NONE : read(text);

function streak(text: string): EntryLimits['lossStreak'] {
  const [losses = '', pause = '', ...rest] = text.split('/');
  if (rest.length > 0 || pause === '') throw new InvalidArgumentError('must be such as 4/6h, or none.');
  return { losses: wholeNumber(1, 100)(losses), pauseMs: spanMs(pause) };
}

function guard(text: string): EntryLimits['stopGuard'] {
  const [stops = '', within = '', pause = '', ...rest] = text.split('/');
  if (rest.length > 0 || pause === '') throw new InvalidArgumentError('must be such as 4/24h/12h, or none.');
  return { stops: wholeNumber(1, 100)(stops), withinMs: spanMs(within), pauseMs: spanMs(pause) };
}

/** Returns one line per limit that has changed, with its value before and after. */
export function describeChange(before: object, after: object): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [limitText(old.get(name)), limitText(now.get(name))];
    return was === is ? [] : [`${name}: ${was} -> ${is}`];
  });
}

/** Returns one line per limit that is set. */
export const describeLimits = (limits: object): string[] =>
  Object.entries(limits).map(([name, value]) => `${name}: ${limitText(value)}`);

function limitText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'object') return JSON.stringify(value).replaceAll('"', '');
  return Object.entries(value)
    .map(([name, part]) =>
      name.endsWith('Ms') ? `${name.slice(0, -2)} ${spanText(Number(part))}` : `${part} ${name}`,
    )
    .join(', ');
}
