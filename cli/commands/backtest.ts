import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadInputs, toBacktest, type BacktestRequest } from '#backtest/run-backtest.ts';
import { parseSettings } from '#backtest/settings/parse-settings.ts';
import type { Settings } from '#backtest/settings/settings.ts';
import { GROUP_NAMES } from '#backtest/report/groups.ts';
import { OBJECTIVE_NAMES } from '#backtest/search/objective.ts';
import { PARAMETER_NAMES } from '#backtest/search/parameters.ts';
import { MOST_TRIALS } from '#backtest/search/search.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';
import { createOutput } from '#terminal/output.ts';
import { wholeNumber } from '../context.ts';
import { jsonLines, lineOf, syntaxErrorLine, type JsonLines } from '../json-lines.ts';
import { compareCommand } from './backtest/compare.ts';
import { liveCommand } from './backtest/live.ts';
import { runsCommand } from './backtest/runs.ts';
import { runSearch, type SearchOptions } from './backtest/search.ts';
import { readGroups, showResult, type ShowOptions } from './backtest/show-result.ts';

interface Options extends ShowOptions, SearchOptions {
  posts?: string;
  prices?: string[];
  coin?: string[];
  settings?: string;
  policy?: string;
  capital?: string;
  path?: string;
  delay?: string;
  feeBps?: string;
  spreadBps?: string;
  slippageBps?: string;
  fundingBps?: string;
  maxPositions?: string;
  again?: boolean;
  independent?: boolean;
  name?: string;
}

/** `signalman backtest`: trades posts of the past at the prices of their time, by the rules that trade live. */
export const backtestCommand = (): Command =>
  new Command('backtest')
    .description('trade posts of the past at the prices of their time, by the rules that trade live')
    .enablePositionalOptions()
    .option('--posts <file>', 'posts or signals, one JSON object a line')
    .option('--prices <files...>', 'candles or prints of each instrument, as CSV, zip of CSV or Parquet')
    .option('--coin <symbols...>', 'the instrument of each file of prices, such as BTC')
    .option('--settings <file>', 'agent, deployment, costs and more as JSON')
    .option('--policy <file>', 'exits of the agent as JSON')
    .option('--capital <usd>', 'money to begin with; 10000 unless given')
    .option('--path <order>', 'which extreme of a candle comes first: worst, best, nearer or both')
    .option('--delay <ms>', 'from a post to its order at the venue; 1000 unless given')
    .option('--fee-bps <bps>', 'fee of an order in basis points of its value; 4.5 unless given')
    .option('--spread-bps <bps>', 'distance of bid and ask; 1 unless given')
    .option('--slippage-bps <bps>', 'how much worse entries and stops fill; 1 unless given')
    .option('--funding-bps <bps>', 'funding that a long pays each hour, and a short receives')
    .option('--max-positions <n>', 'positions open at a time; 3 unless given')
    .option('--again', 'trade calls that repeat one within six hours too')
    .option('--independent', 'make every call a trade of its own, whatever else is open')
    .option('--name <name>', 'a name for the run')
    .option('--by <groups>', `groups to show, several with commas: ${GROUP_NAMES.join(', ')}`, readGroups)
    .option('--definitions', 'show how each number is computed')
    .option('--random', 'also enter at random moments with the same exits, and compare')
    .option('--monte-carlo', 'reshuffle, redraw, leave out and delay trades by chance')
    .option('--vary <axes...>', `search: ${PARAMETER_NAMES.join(', ')}; as stop=1,2,5 or stop=1..5:0.5`)
    .option('--trials <n>', 'search points at random in place of the whole grid', wholeNumber(1, MOST_TRIALS))
    .option('--rank <objective>', `what a search ranks by: ${OBJECTIVE_NAMES.join(', ')}`, 'sharpe')
    .option(
      '--walk-forward <n>',
      'choose on the past and trade what follows, so many times',
      wholeNumber(1, 100),
    )
    .option('--seed <n>', 'of everything drawn at random', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--explain <trade>', 'show one trade: its candles, its stops and why it ended')
    .option('--html <file>', 'write the report as one page')
    .option('--csv <folder>', 'write trades, exits, stops, equity and what was not traded as CSV')
    .option('--parquet <folder>', 'write the tables of --csv as Parquet')
    .option('--json', 'print the result and its report as one JSON object')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(run)
    .addCommand(runsCommand())
    .addCommand(compareCommand())
    .addCommand(liveCommand());

async function run(options: Options): Promise<void> {
  try {
    const startedAt = performance.now();
    const request = await readRequest(options);
    const loaded = await loadInputs(request);
    const out = createOutput(process.stdout, process.env);
    if (options.vary) return await runSearch({ loaded, settings: request.settings }, { options, out });
    const result = toBacktest(loaded, request, startedAt);
    await showResult(result, { loaded, settings: request.settings }, { options, out });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

async function readRequest(options: Options): Promise<BacktestRequest> {
  const { name } = options;
  const posts = needed('--posts', options.posts);
  const prices = needed('--prices', options.prices);
  const coin = needed('--coin', options.coin);
  if (prices.length !== coin.length)
    throw new InputError(
      '--coin',
      null,
      null,
      `names ${coin.length} instruments for ${prices.length} files of prices`,
    );
  return {
    posts,
    prices: prices.map((file, index) => ({ file, symbol: readSymbol(coin[index] ?? '') })),
    settings: await readSettings(options),
    name: name ?? null,
  };
}

function needed<Value>(option: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new InputError(option, null, null, 'is needed; see signalman backtest --help');
}

function readSymbol(text: string): string {
  const symbol = normaliseSymbol(text);
  if (symbol.ok) return symbol.value;
  throw new InputError('--coin', null, null, symbol.refusal.text);
}

/** A setting that an option may give, with its place in the settings. */
const OPTION_FIELDS = {
  capital: ['capitalUsd'],
  path: ['path'],
  delay: ['delayMs'],
  feeBps: ['costs', 'takerBps'],
  spreadBps: ['costs', 'spreadBps'],
  slippageBps: ['costs', 'slippageBps'],
  fundingBps: ['costs', 'fundingBpsPerHour'],
  maxPositions: ['deployment', 'maxOpenPositions'],
  again: ['again'],
  independent: ['independent'],
} as const satisfies Partial<Record<keyof Options, readonly string[]>>;

type Fields = Record<string, unknown>;

/** Reads the settings of a file, and over them those of options. Throws {@link InputError} with the place of a problem. */
async function readSettings(options: Options): Promise<Settings> {
  const file = options.settings === undefined ? null : await readJson(options.settings);
  const policy = options.policy === undefined ? null : await readJson(options.policy);
  const given: Fields = { ...file?.value };
  if (policy) given['agent'] = { ...fieldsOf(given['agent']), barriers: policy.value };
  for (const [option, path] of Object.entries(OPTION_FIELDS)) setOption(given, option, path, options);
  const parsed = parseSettings(given);
  if (parsed.ok) return parsed.settings;
  const { field, message } = parsed.problem;
  throw problemOf(field, message, { options, file, policy });
}

function setOption(given: Fields, option: string, path: readonly string[], options: Options): void {
  const value: unknown = Object.entries(options).find(([name]) => name === option)?.[1];
  if (value === undefined) return;
  const [parent = '', field] = path;
  const read =
    typeof value === 'string' && value.trim() !== '' && parent !== 'path' && parent !== 'capitalUsd'
      ? Number(value)
      : value;
  if (field === undefined) given[parent] = read;
  else given[parent] = { ...fieldsOf(given[parent]), [field]: read };
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {};

interface JsonFile {
  file: string;
  value: Fields;
  lines: JsonLines;
}

function problemOf(
  field: string,
  message: string,
  { options, file, policy }: { options: Options; file: JsonFile | null; policy: JsonFile | null },
): InputError {
  const option = Object.entries(OPTION_FIELDS).find(
    ([name, path]) => path.join('.') === field && name in options,
  );
  if (option) return new InputError(optionName(option[0]), null, null, message);
  const own = field.replace(/^agent\.barriers\.?/u, '');
  if (policy && field.startsWith('agent.barriers'))
    return new InputError(policy.file, lineOf(policy.lines, own), own, message);
  return file
    ? new InputError(file.file, lineOf(file.lines, field), field, message)
    : new InputError('settings', null, field, message);
}

const optionName = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;

async function readJson(file: string): Promise<JsonFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new InputError(file, 1, null, 'is not a JSON object');
    return { file, value: { ...value }, lines: jsonLines(text) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(file, syntaxErrorLine(error, text), null, 'is not valid JSON');
  }
}
