import { Command } from 'commander';
import type { Trade } from '#api/schemas/trade.ts';
import { hasEnded, TRADE_PHASES } from '#domain/trade-phases.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import {
  orDash,
  paintPnl,
  renderTable,
  shortId,
  shortNumbers,
  signedUsd,
  utc,
  type Colors,
  type Column,
} from '#terminal/output.ts';

interface Options {
  phase?: string;
  deployment?: string;
  symbol?: string;
  limit: number;
  json?: boolean;
}

/** `signalman trades`: the newest trades, one line each. */
export const tradesCommand = (): Command =>
  new Command('trades')
    .description('list trades, newest first')
    .option('--phase <phases>', `${TRADE_PHASES.join(', ')}; several with commas`)
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .option('--symbol <symbol>', 'only in this instrument')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run);

async function run({ phase, deployment, symbol, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const trades = await api.list<Trade>('/trades', limit, { phase, deploymentId: deployment, symbol });
  if (json) return out.json({ trades });
  if (trades.length === 0) {
    const isFiltered = [phase, deployment, symbol].some((filter) => filter !== undefined);
    return out.line(isFiltered ? 'no such trades' : 'no trades yet; post a signal with: signalman signal');
  }
  for (const line of renderTable(columns(out.colors), trades, out.colors)) out.line(line);
}

const columns = (colors: Colors): Column<Trade>[] => [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'AGENT', cell: ({ agentName }) => agentName },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'PHASE', cell: ({ phase, paused }) => (paused && !hasEnded(phase) ? `${phase} (paused)` : phase) },
  {
    title: 'SIZE',
    cell: ({ remainingSize, entrySize, phase }) =>
      shortNumbers(orDash(phase === 'open' ? remainingSize : entrySize)),
    align: 'right',
  },
  { title: 'ENTRY', cell: ({ entryPrice }) => shortNumbers(orDash(entryPrice)), align: 'right' },
  { title: 'STOP', cell: ({ stopPrice }) => orDash(stopPrice), align: 'right' },
  { title: 'EXIT', cell: ({ exitPrice }) => shortNumbers(orDash(exitPrice)), align: 'right' },
  {
    title: 'NET USD',
    cell: ({ netPnlUsd }) => signedUsd(netPnlUsd),
    align: 'right',
    paint: (text, { netPnlUsd }) => paintPnl(colors, text, netPnlUsd),
  },
  { title: 'WHY', cell: ({ exitReason, refusal }) => exitReason ?? refusal?.code ?? '' },
];
