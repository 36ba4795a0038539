// `npm run chaos -- --trades N --seed S [--json]`: plays trades on both venues' stand-ins while everything that can
// go wrong does, and holds our books against the venues' own record. Exit status 1 when they differ.
import { parseArgs } from 'node:util';
import { storiesOf, summaryOf } from './report.ts';
import { runSeed } from './run/run.ts';

const BAD_INPUT = 2;
const DEFAULT_TRADES = 40;

interface Wanted {
  readonly trades: number;
  readonly seeds: readonly number[];
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      trades: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      count: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const trades = whole('trades', values.trades ?? String(DEFAULT_TRADES), 1);
  const first = whole('seed', values.seed ?? '1', 0);
  const count = whole('count', values.count ?? '1', 1);
  const seeds =
    values.seeds?.split(',').map((text) => whole('seeds', text, 0)) ??
    Array.from({ length: count }, (_, i) => first + i);
  return { trades, seeds, json: values.json };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`--${name}: not a whole number from ${least}: ${text}`);
  return value;
}

/** Returns whether nothing was violated. */
async function runAndTell(seed: number, { trades, json }: Wanted): Promise<boolean> {
  const result = await runSeed({ seed, trades }, (line) => process.stderr.write(`${line}\n`));
  const stories = storiesOf(result);
  if (stories !== '') process.stderr.write(`${stories}\n`);
  const summary = summaryOf(result);
  process.stdout.write(`${JSON.stringify(summary, null, json ? 0 : 2)}\n`);
  return Object.values(summary.violations).every((count) => count === 0);
}

async function main(): Promise<number> {
  try {
    const wanted = readArguments(process.argv.slice(2));
    let isClean = true;
    for (const seed of wanted.seeds) isClean = (await runAndTell(seed, wanted)) && isClean;
    return isClean ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RangeError || (error instanceof TypeError && 'code' in error))) throw error;
    process.stderr.write(`${error.message}\n`);
    return BAD_INPUT;
  }
}

// The services end with this process; their handles would keep it.
process.exit(await main());
