import { Command } from 'commander';
import type { Trade } from '#api/schemas/trade.ts';
import { compareLive, type LiveTrade } from '#backtest/compare/compare-live.ts';
import { matchLive } from '#backtest/compare/match-live.ts';
import { renderLiveGap } from '#backtest/render/live-gap.ts';
import type { Side } from '#domain/ids.ts';
import { MAX_ROWS, openContext } from '../../context.ts';
import { keptRuns } from './show-result.ts';

interface Options {
  deployment?: string;
  json?: boolean;
}

/** `signalman backtest live`: holds a kept run against the trades that the running system made in its time. */
export const liveCommand = (): Command =>
  new Command('live')
    .description('compare a kept run with the live trades of its time, and say what the gap is made of')
    .argument('<run>', 'name or id of a run')
    .option('--deployment <id>', 'live trades of this deployment only')
    .option('--json', 'print JSON')
    .action(run);

async function run(name: string, { deployment, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const result = await keptRuns().read(name);
  const { from, to } = result.period;
  const closed = await api.list<Trade>('/trades', MAX_ROWS, { phase: 'closed', deploymentId: deployment });
  const live = closed.flatMap((trade) => toLive(trade) ?? []);
  const ofTime = live.filter(({ enteredAt, exitedAt }) => enteredAt >= from && exitedAt <= to);
  const gap = compareLive(result, matchLive(result.trades, ofTime));
  if (json) return out.json(gap);
  for (const line of renderLiveGap(gap, out.colors)) out.line(line);
}

/** Returns a live trade with all its numbers; null for one that lacks any. */
function toLive(trade: Trade): (LiveTrade & { side: Side }) | null {
  const { signalId, symbol, side, openedAt, closedAt, entryPrice, exitPrice, entrySize } = trade;
  const { feesUsd, fundingUsd, netPnlUsd } = trade;
  if (openedAt === null || closedAt === null || entryPrice === null || exitPrice === null) return null;
  if (entrySize === null || feesUsd === null || netPnlUsd === null) return null;
  return {
    signalId,
    symbol,
    side,
    enteredAt: openedAt,
    exitedAt: closedAt,
    entryPrice,
    exitPrice,
    size: entrySize,
    feesUsd,
    fundingUsd: fundingUsd ?? '0',
    netUsd: netPnlUsd,
  };
}
