import { Command } from 'commander';
import { CANDLE_PATHS, candleObservations, type CandlePath } from '#domain/candles.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';
import { SIDES, type Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { feedSimulation, simulationResult, startSimulation, type Simulation } from '#domain/simulate.ts';
import { InputError } from '#terminal/input-error.ts';
import { lineOf } from '../json-lines.ts';
import { readPolicyFile, type PolicyFile } from '../policy-file.ts';
import { parsePrice, readPriceFile, type PriceRow } from '../price-file.ts';
import { renderBounds, renderSimulation } from '../render/simulation.ts';

export interface SimulateInput {
  policyFile: string;
  pricesFile: string;
  side: Side;
  /** Null enters at the first price. */
  entry: DecimalString | null;
  feeBps: number;
  /** The orders of a candle's extremes that are tried, the one that is shown first. */
  paths: readonly CandlePath[];
}

/** One position under each order of extremes that was asked for, the one that is shown first. */
export type Simulations = [Simulation, ...Simulation[]];

/** `signalman simulate`: runs the exits of one position on a file of prices. */
export const simulateCommand = (): Command =>
  new Command('simulate')
    .description('run the exits of one position over a file of prices')
    .option('--policy <file>', 'barriers as JSON, as a signal carries them')
    .option('--prices <file>', 'candles (timestamp,open,high,low,close[,volume]) or ticks (t,price,gap)')
    .option('--side <side>', 'long or short', 'long')
    .option('--entry <price>', 'entry price; without it, the first price')
    .option('--fee-bps <bps>', 'fee of each order in basis points', '0')
    .option('--path <order>', 'which extreme of a candle comes first: worst, best, nearer or both', 'both')
    .option('--json', 'print the result as one JSON object')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(run);

async function run(options: Record<string, string | boolean>): Promise<void> {
  try {
    const input = readOptions(options);
    const simulations = await runSimulations(input);
    process.stdout.write(
      `${options['json'] === true ? printed(input, simulations) : rendered(simulations)}\n`,
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

const rendered = ([shown, other]: Simulations): string =>
  [renderSimulation(shown), ...(other ? [renderBounds(shown, other)] : [])].join('\n');

/** Returns the result as JSON; with both orders, that of the favourable extreme first stands under `bestFirst`. */
function printed({ paths: [path] }: SimulateInput, [shown, other]: Simulations): string {
  const bestFirst = other && { bestFirst: simulationResult(other), dependsOnOrder: differ(shown, other) };
  return JSON.stringify({ ...simulationResult(shown), path, ...bestFirst });
}

/** Returns whether exits differ between two orders of extremes. */
export const differ = (one: Simulation, other: Simulation): boolean =>
  JSON.stringify(one.fires) !== JSON.stringify(other.fires);

function readOptions(options: Record<string, string | boolean>): SimulateInput {
  return {
    policyFile: readText(options, 'policy'),
    pricesFile: readText(options, 'prices'),
    side: readSide(readText(options, 'side')),
    entry: options['entry'] === undefined ? null : readEntry(readText(options, 'entry')),
    feeBps: readFee(readText(options, 'feeBps')),
    paths: readPaths(readText(options, 'path')),
  };
}

function readText(options: Record<string, string | boolean>, name: string): string {
  const value = options[name];
  if (typeof value === 'string') return value;
  throw new InputError(`--${name}`, null, null, 'is needed; see signalman simulate --help');
}

function readSide(text: string): Side {
  const side = SIDES.find((name) => name === text);
  if (side === undefined) throw new InputError('--side', null, null, `must be long or short, not "${text}"`);
  return side;
}

function readPaths(text: string): readonly CandlePath[] {
  if (text === 'both') return ['worst', 'best'];
  const path = CANDLE_PATHS.find((name) => name === text);
  if (path !== undefined) return [path];
  throw new InputError('--path', null, null, `must be ${CANDLE_PATHS.join(', ')} or both, not "${text}"`);
}

function readEntry(text: string): DecimalString {
  const price = parsePrice(text);
  if (price === null) throw new InputError('--entry', null, null, `must be a positive price, not "${text}"`);
  return price;
}

function readFee(text: string): number {
  const feeBps = text.trim() === '' ? NaN : Number(text);
  if (feeBps >= 0 && feeBps <= 1000) return feeBps;
  throw new InputError('--fee-bps', null, null, `must be a number from 0 to 1000, not "${text}"`);
}

/** Reads both files and runs the whole path; throws {@link InputError} on anything that cannot be used. */
export async function runSimulations(input: SimulateInput): Promise<Simulations> {
  const policy = await readPolicyFile(input.policyFile);
  let simulations: Simulations | null = null;
  for await (const row of readPriceFile(input.pricesFile)) {
    simulations ??= enterAll(input, policy, row);
    // The rest of the file is read even after the exit, so that a bad row never goes unnoticed.
    for (const [index, simulation] of simulations.entries())
      for (const observation of observationsOf(row, input.side, input.paths[index]))
        feedSimulation(simulation, observation);
  }
  if (simulations === null) throw new InputError(input.pricesFile, null, null, 'has no prices');
  return simulations;
}

const observationsOf = (row: PriceRow, side: Side, path: CandlePath | undefined): PriceObservation[] =>
  row.kind === 'candle' ? candleObservations(row.candle, side, path) : [row.tick];

function enterAll(input: SimulateInput, policy: PolicyFile, row: PriceRow): Simulations {
  const price = row.kind === 'candle' ? row.candle.open : row.tick.price;
  const t = row.kind === 'candle' ? row.candle.t : row.tick.t;
  const [shown, ...others] = input.paths.map(() => enter(input, policy, { price: input.entry ?? price, t }));
  if (shown === undefined) throw new InputError('--path', null, null, 'names no order');
  return [shown, ...others];
}

function enter(
  input: SimulateInput,
  policy: PolicyFile,
  entry: { price: DecimalString; t: number },
): Simulation {
  const started = startSimulation(policy.barriers, entry, { side: input.side, feeBps: input.feeBps });
  if (started.ok) return started.value;
  const field = started.refusal.code === 'wrong_side_stop' ? 'stopLoss' : 'takeProfits';
  throw new InputError(input.policyFile, lineOf(policy.lines, field), field, started.refusal.text);
}
