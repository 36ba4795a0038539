import { Command } from 'commander';
import type { Score } from '#api/schemas/score.ts';
import { printable } from '#terminal/printable.ts';
import { duration, orDash, renderTable, type Column } from '#terminal/output.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { renderScore, scoreText } from '../render/score.ts';

interface Options {
  agent?: string;
  limit: number;
  json?: boolean;
}

/** `signalman score [instrument]`: explains the market score of one market, or lists those of all. */
export const scoreCommand = (): Command =>
  new Command('score')
    .description('explain the market score of a market, or list all')
    .argument('[instrument]', 'such as BTC')
    .option('--agent <name>', 'weigh its parts as this agent does')
    .option('--limit <n>', 'how many to list', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run);

async function run(instrument: string | undefined, { agent, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (instrument === undefined) {
    const scores = await api.list<Score>('/scores', limit);
    if (json) return out.json({ scores });
    if (scores.length === 0) return out.line('no scores yet; they are computed every six hours');
    for (const line of renderTable(COLUMNS, scores, out.colors)) out.line(line);
    return undefined;
  }
  const agentId = agent === undefined ? undefined : (await findAgent(api, agent)).id;
  const score = await api.get<Score>(`/scores/${encodeURIComponent(instrument)}`, { agentId });
  if (json) return out.json(score);
  for (const line of renderScore(score, out.colors)) out.line(line);
}

const COLUMNS: Column<Score>[] = [
  { title: 'MARKET', cell: ({ symbol }) => symbol },
  { title: 'LONG', cell: ({ long }) => scoreText(long.value), align: 'right' },
  { title: 'SHORT', cell: ({ short }) => scoreText(short.value), align: 'right' },
  { title: 'KNOWN', cell: ({ long }) => `${Math.round(long.coverage * 100)} %`, align: 'right' },
  { title: 'AGE', cell: ({ ageMs, isFresh }) => `${duration(ageMs)}${isFresh ? '' : ' (too old)'}` },
  { title: 'VENUE', cell: ({ venue }) => orDash(venue) },
  { title: 'NOTE', cell: ({ notes }) => printable(notes.join('; ')) },
];
