import { renderSearch } from '#backtest/render/search.ts';
import { OBJECTIVE_NAMES, type Objective } from '#backtest/search/objective.ts';
import { parseAxis } from '#backtest/search/parameters.ts';
import { MOST_TRIALS, search } from '#backtest/search/search.ts';
import { createTrialPool } from '#backtest/search/trial-pool.ts';
import { InputError } from '#terminal/input-error.ts';
import type { Output } from '#terminal/output.ts';
import type { RunSources } from './show-result.ts';

/** What a search varies, and how. */
export interface SearchOptions {
  vary?: string[];
  trials?: number;
  rank?: string;
  walkForward?: number;
  seed?: number;
  json?: boolean;
}

/** Runs a search over loaded inputs on all cores, tells its progress on a terminal, and prints what it found. */
export async function runSearch(
  { loaded, settings }: RunSources,
  { options, out }: { options: SearchOptions; out: Output },
): Promise<void> {
  const { vary = [], trials, rank, walkForward, seed = 1, json = false } = options;
  const axes = vary.map(parseAxis);
  const all = axes.reduce((product, { values }) => product * values.length, 1);
  if (trials === undefined && all > MOST_TRIALS)
    throw new InputError('--vary', null, null, `makes ${all} trials; --trials draws fewer of them at random`);
  const times = loaded.lines.map(({ postedAt }) => postedAt);
  const period = {
    from: times.reduce((least, t) => Math.min(least, t), Infinity),
    to: times.reduce((most, t) => Math.max(most, t), -Infinity),
  };
  const pool = createTrialPool(loaded, settings);
  try {
    const request = { axes, random: trials ?? null, objective: readObjective(rank), period, seed };
    const found = await search(pool, { ...request, folds: walkForward ?? null }, tellProgress());
    if (json) return out.json(found);
    for (const line of renderSearch(found, out.colors)) out.line(line);
  } finally {
    await pool.close();
  }
}

function readObjective(name = 'sharpe'): Objective {
  const objective = OBJECTIVE_NAMES.find((each) => each === name);
  if (objective) return objective;
  throw new InputError('--rank', null, null, `knows ${OBJECTIVE_NAMES.join(', ')}, not "${name}"`);
}

/** Returns a function that shows how many trials are done, on a terminal only. */
function tellProgress(): (done: number, all: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (done, all) => {
    process.stderr.write(done === all ? '\r\u001B[K' : `\r${done} of ${all} trials`);
  };
}
