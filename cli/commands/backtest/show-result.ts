import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { explainTrade, findTrade } from '#backtest/explain/explain-trade.ts';
import { writeTables, writeWhole } from '#backtest/export/write-tables.ts';
import { createRunEntries } from '#backtest/random-entries.ts';
import { renderExplanation } from '#backtest/render/explanation.ts';
import { renderMonteCarlo } from '#backtest/render/search.ts';
import { jitteredDelays, monteCarlo, type MonteCarlo } from '#backtest/search/monte-carlo.ts';
import { runTrial } from '#backtest/search/run-trial.ts';
import { renderPage } from '#backtest/render/page/page.ts';
import { renderReport } from '#backtest/render/terminal.ts';
import { GROUP_NAMES, type GroupName } from '#backtest/report/groups.ts';
import { createReport, type Report } from '#backtest/report/report.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { prepareRun, type LoadedInputs } from '#backtest/run-backtest.ts';
import { openRunFolder } from '#backtest/runs/run-folder.ts';
import type { Settings } from '#backtest/settings/settings.ts';
import { DEFAULT_STATE_DIR } from '#config/env.ts';
import { InputError } from '#terminal/input-error.ts';
import type { Output } from '#terminal/output.ts';

/** What is shown and written of a run. */
export interface ShowOptions {
  by?: GroupName[];
  definitions?: boolean;
  random?: boolean;
  monteCarlo?: boolean;
  seed?: number;
  explain?: string;
  html?: string;
  csv?: string;
  parquet?: string;
  json?: boolean;
}

/** Prices and settings of a run; without them a trade is explained without candles. */
export interface RunSources {
  loaded: LoadedInputs;
  settings: Settings;
}

/** Returns the folder in which runs of this state folder are kept. */
export const keptRuns = () =>
  openRunFolder(join(process.env['SIGNALMAN_STATE_DIR'] ?? DEFAULT_STATE_DIR, 'backtests'));

/** Keeps a run, writes the files that are asked for, and prints its report or one trade of it. */
export async function showResult(
  result: BacktestResult,
  sources: RunSources | null,
  { options, out }: { options: ShowOptions; out: Output },
): Promise<void> {
  const { by, definitions = false, explain, json = false } = options;
  if (sources) await keptRuns().save(result);
  if (explain !== undefined) return printTrade(result, sources, { name: explain, json, out });
  const report = createReport(result, {
    seed: options.seed ?? 1,
    ...(options.random && sources && { runEntries: runEntriesOf(sources) }),
  });
  const written = await writeFiles(result, report, options);
  const chance = options.monteCarlo ? monteCarloOf(result, sources, options.seed ?? 1) : null;
  if (json)
    return out.json({ ...result, report: { ...shortReport(report), ...(chance && { monteCarlo: chance }) } });
  const lines = renderReport(report, {
    colors: out.colors,
    withDefinitions: definitions,
    ...(by && { groups: by }),
  });
  for (const line of [...lines, ...(chance ? renderMonteCarlo(chance, out.colors) : [])]) out.line(line);
  for (const path of written) out.line(out.colors.dim(`wrote ${path}`));
}

/** Chance is given so many rounds, and the run is repeated with so many other delays. */
const [ROUNDS, DELAYS, SKIPPED_SHARE] = [1_000, 20, 0.1];

function monteCarloOf(
  { trades }: BacktestResult,
  sources: RunSources | null,
  seed: number,
): MonteCarlo | null {
  const nets = trades.toSorted((a, b) => a.exitedAt - b.exitedAt).map(({ netUsd }) => Number(netUsd));
  const delayedNets = sources && delayedRuns(sources, seed);
  return monteCarlo({
    nets,
    rounds: ROUNDS,
    skippedShare: SKIPPED_SHARE,
    seed,
    ...(delayedNets && { delayedNets }),
  });
}

const delayedRuns = ({ loaded, settings }: RunSources, seed: number): number[] =>
  jitteredDelays(settings.delayMs, DELAYS, seed).map(
    (delayMs) => runTrial(loaded, { ...settings, delayMs }, { point: {}, window: null }).worthUsd,
  );

/** Reads names of groups, several with commas; commander reports an unknown one and ends with status 2. */
export const readGroups = (text: string): GroupName[] =>
  text.split(',').map((name) => {
    const group = GROUP_NAMES.find((each) => each === name.trim());
    if (group) return group;
    throw new InvalidArgumentError(`must be of ${GROUP_NAMES.join(', ')}.`);
  });

const runEntriesOf = ({ loaded, settings }: RunSources) =>
  createRunEntries(prepareRun(loaded, settings), settings);

function printTrade(
  result: BacktestResult,
  sources: RunSources | null,
  { name, json, out }: { name: string; json: boolean; out: Output },
): void {
  const trade = findTrade(result, name);
  if (!trade)
    throw new InputError('--explain', null, null, `finds no trade, or more than one, called "${name}"`);
  const explanation = explainTrade(trade, sources?.loaded.series.get(trade.symbol) ?? null, result.path);
  if (json) return out.json(explanation);
  for (const line of renderExplanation(explanation, out.colors)) out.line(line);
}

async function writeFiles(
  result: BacktestResult,
  report: Report,
  { html, csv, parquet }: Pick<ShowOptions, 'html' | 'csv' | 'parquet'>,
): Promise<string[]> {
  if (html !== undefined) await writeWhole(html, renderPage(report));
  return [
    ...(html === undefined ? [] : [html]),
    ...(csv === undefined ? [] : await writeTables(result, { folder: csv, format: 'csv' })),
    ...(parquet === undefined ? [] : await writeTables(result, { folder: parquet, format: 'parquet' })),
  ];
}

/** Returns a report without what the result has already. */
const shortReport = ({
  warnings,
  totals,
  order,
  interval,
  costs,
  holding,
  random,
  groups,
  untraded,
  distribution,
  unknowns,
}: Report) => ({
  warnings,
  totals,
  order,
  interval,
  costs,
  holding,
  random,
  groups,
  untraded,
  distribution,
  unknowns,
});
