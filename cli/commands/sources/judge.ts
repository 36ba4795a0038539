import { Command, Option } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import type { Judgement } from '#api/schemas/performance.ts';
import { JUDGED_TRADES, LEAST_WEIGHT } from '#domain/metrics/judge-sources.ts';
import { WINDOW_NAMES } from '#domain/metrics/windows.ts';
import { amount, sum } from '#domain/money.ts';
import { renderTable, signedUsd, type Column } from '#terminal/output.ts';
import { openContext, type CliContext } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';
import { metricText } from '#terminal/metric.ts';

interface Options {
  window: string;
  apply?: boolean;
  json?: boolean;
}

type Proposal = Judgement['sources'][number];

/** `signalman sources judge <agent>`: proposes weights for its sources with the evidence; `--apply` sets them. */
export const judgeCommand = (): Command =>
  new Command('judge')
    .description('propose weights for the sources of an agent by what their calls were worth')
    .argument('<agent>', 'name or id')
    .addOption(new Option('--window <window>', 'over how long').choices([...WINDOW_NAMES]).default('90d'))
    .option('--apply', 'set the proposed weights')
    .option('--json', 'print JSON')
    .addHelpText('after', EXPLANATION)
    .action(run);

const EXPLANATION = `
The best source by shrunken impact weighs 100, others in proportion, one that is worth nothing ${LEAST_WEIGHT}. A source with
fewer than ${JUDGED_TRADES} closed trades keeps its weight. Nothing changes without --apply.`;

async function run(name: string, { window, apply, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const { id, name: agentName } = await findAgent(api, name);
  const judgement = await api.get<Judgement>(`/agents/${id}/judgement`, { window });
  const changed = judgement.sources.filter(({ weight, proposed }) => weight !== proposed);
  if (apply && changed.length > 0)
    await api.post<Agent>(`/agents/${id}/weights`, {
      sources: changed.map(({ kind, handle, proposed }) => ({ kind, handle, weight: proposed })),
    });
  if (json) return out.json({ ...judgement, applied: apply === true && changed.length > 0 });
  if (judgement.sources.length === 0) return out.line(`${agentName} listens to no source`);
  printProposals(out, judgement);
  if (changed.length === 0) return out.line('every weight stays as it is');
  out.line(
    apply ? `${changed.length} weights set` : 'nothing has been changed; set these weights with --apply',
  );
}

function printProposals(out: CliContext['out'], { sources }: Judgement): void {
  for (const line of renderTable(COLUMNS, sources, out.colors)) out.line(line);
  const earned = sum(sources.map(({ earnedUsd }) => earnedUsd));
  const would = sum(sources.map(({ wouldHaveEarnedUsd }) => wouldHaveEarnedUsd));
  out.line();
  out.line(
    `its trades on them earned ${signedUsd(amount(earned).toFixed())} USD; those that the proposed weights let through, ` +
      `${signedUsd(amount(would).toFixed())} USD`,
  );
}

const COLUMNS: Column<Proposal>[] = [
  { title: 'SOURCE', cell: ({ kind, handle }) => `${kind}:${handle}` },
  { title: 'WEIGHT', cell: ({ weight }) => String(weight), align: 'right' },
  { title: 'PROPOSED', cell: ({ proposed }) => String(proposed), align: 'right' },
  { title: 'WHY', cell: ({ why }) => why },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'WON', cell: ({ winRate }) => metricText('winRate', winRate), align: 'right' },
  { title: 'AVERAGE', cell: ({ averageUsd }) => signedUsd(averageUsd), align: 'right' },
  { title: 'IMPACT', cell: ({ impactUsd }) => metricText('impactUsd', impactUsd), align: 'right' },
  {
    title: 'SHRUNKEN',
    cell: ({ shrunkImpactUsd }) => metricText('shrunkImpactUsd', shrunkImpactUsd),
    align: 'right',
  },
];
