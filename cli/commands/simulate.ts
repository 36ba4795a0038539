import { Command } from 'commander';
import { candleObservations } from '#domain/candles.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';
import { SIDES, type Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { feedSimulation, simulationResult, startSimulation, type Simulation } from '#domain/simulate.ts';
import { InputError } from '#terminal/input-error.ts';
import { lineOf } from '../json-lines.ts';
import { readPolicyFile, type PolicyFile } from '../policy-file.ts';
import { parsePrice, readPriceFile, type PriceRow } from '../price-file.ts';
import { renderSimulation } from '../render/simulation.ts';

export interface SimulateInput {
  policyFile: string;
  pricesFile: string;
  side: Side;
  /** Null enters at the first price. */
  entry: DecimalString | null;
  feeBps: number;
}

/** `signalman simulate`: runs the exits of one position on a file of prices. */
export const simulateCommand = (): Command =>
  new Command('simulate')
    .description('run the exits of one position over a file of prices')
    .option('--policy <file>', 'barriers as JSON, as a signal carries them')
    .option('--prices <file>', 'candles (timestamp,open,high,low,close[,volume]) or ticks (t,price,gap)')
    .option('--side <side>', 'long or short', 'long')
    .option('--entry <price>', 'entry price; without it, the first price')
    .option('--fee-bps <bps>', 'fee of each order in basis points', '0')
    .option('--json', 'print the result as one JSON object')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(run);

async function run(options: Record<string, string | boolean>): Promise<void> {
  try {
    const input = readOptions(options);
    const simulation = await runSimulation(input);
    const result = simulationResult(simulation);
    const text = options['json'] === true ? JSON.stringify(result) : renderSimulation(simulation);
    process.stdout.write(`${text}\n`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

function readOptions(options: Record<string, string | boolean>): SimulateInput {
  return {
    policyFile: readText(options, 'policy'),
    pricesFile: readText(options, 'prices'),
    side: readSide(readText(options, 'side')),
    entry: options['entry'] === undefined ? null : readEntry(readText(options, 'entry')),
    feeBps: readFee(readText(options, 'feeBps')),
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
export async function runSimulation(input: SimulateInput): Promise<Simulation> {
  const policy = await readPolicyFile(input.policyFile);
  let simulation: Simulation | null = null;
  for await (const row of readPriceFile(input.pricesFile)) {
    const observations = observationsOf(row, input.side);
    simulation ??= enter(input, policy, observations);
    // The rest of the file is read even after the exit, so that a bad row never goes unnoticed.
    for (const observation of observations) feedSimulation(simulation, observation);
  }
  if (simulation === null) throw new InputError(input.pricesFile, null, null, 'has no prices');
  return simulation;
}

const observationsOf = (row: PriceRow, side: Side): PriceObservation[] =>
  row.kind === 'candle' ? candleObservations(row.candle, side) : [row.tick];

function enter(input: SimulateInput, policy: PolicyFile, observations: PriceObservation[]): Simulation {
  const [first] = observations;
  if (!first) throw new InputError(input.pricesFile, null, null, 'has no prices');
  const entry = { price: input.entry ?? first.price, t: first.t };
  const started = startSimulation(policy.barriers, entry, { side: input.side, feeBps: input.feeBps });
  if (started.ok) return started.value;
  const field = started.refusal.code === 'wrong_side_stop' ? 'stopLoss' : 'takeProfits';
  throw new InputError(input.policyFile, lineOf(policy.lines, field), field, started.refusal.text);
}
