import { Command } from 'commander';
import { compareRuns } from '#backtest/compare/compare-runs.ts';
import { renderComparison } from '#backtest/render/comparison.ts';
import { createOutput } from '#terminal/output.ts';
import { keptRuns } from './show-result.ts';

/** `signalman backtest compare`: holds two kept runs against each other, trade by trade. */
export const compareCommand = (): Command =>
  new Command('compare')
    .description('compare two runs that were kept, trade by trade, with the cause of each difference')
    .argument('<first>', 'name or id of a run')
    .argument('<second>', 'name or id of another run')
    .option('--json', 'print JSON')
    .action(async (first: string, second: string, { json }: { json?: boolean }) => {
      const out = createOutput(process.stdout, process.env);
      const runs = keptRuns();
      const comparison = compareRuns(await runs.read(first), await runs.read(second));
      if (json) return out.json(comparison);
      for (const line of renderComparison(comparison, out.colors)) out.line(line);
    });
