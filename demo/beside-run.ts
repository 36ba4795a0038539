import type { Database } from '#prisma/client.ts';
import { ms } from '#prisma/repositories/rows.ts';
import { listLiveTradeViews, listTrades } from '#prisma/repositories/trade-views.ts';
import { counted } from '#terminal/output.ts';
import type { RunRecord, RunScope } from './run-record.ts';
import { eventLine, type TimelineLine } from './timeline.ts';

type Trade = RunRecord['trades'][number];

/** Trades of agents that are none of the run's, which go on beside it in the state folder. */
export interface BesideRun {
  /** Trades that were open when the run began. */
  readonly openBefore: readonly Trade[];
  /** Returns what has happened to such trades since the run began, oldest first. */
  lines(): Promise<TimelineLine[]>;
  /** Returns such trades that were open when the run began, or were made since. */
  trades(): Promise<Trade[]>;
}

/** Most rows that are read at a time. */
const MAX_ROWS = 1_000;

/** Begins to look at what happens beside the run. */
export async function lookBeside(db: Database, { deploymentIds }: RunScope): Promise<BesideRun> {
  const isBeside = ({ deploymentId }: Trade): boolean => !deploymentIds.includes(deploymentId);
  const startedAt = Date.now();
  const [last, live] = await Promise.all([
    db.tradeEvent.findFirst({ orderBy: { id: 'desc' }, select: { id: true } }),
    listLiveTradeViews(db),
  ]);
  const openBefore = live.filter(isBeside);
  const before = new Set(openBefore.map(({ id }) => id));
  return {
    openBefore,
    async lines() {
      const rows = await db.tradeEvent.findMany({
        where: {
          id: { gt: last?.id ?? 0 },
          type: { not: 'skipped' },
          trade: { deploymentId: { notIn: [...deploymentIds] } },
        },
        orderBy: { id: 'asc' },
        take: MAX_ROWS,
        include: {
          trade: {
            select: {
              symbol: true,
              side: true,
              deployment: { select: { agent: { select: { name: true } } } },
            },
          },
        },
      });
      return rows.map(({ id, type, text, at, tradeId, trade: { symbol, side, deployment } }) =>
        eventLine(
          { id: String(id), tradeId, type, text: `${deployment.agent.name}: ${text}`, at: ms(at) },
          `${symbol} ${side}`,
        ),
      );
    },
    async trades() {
      const trades = await listTrades(db, { limit: MAX_ROWS });
      return trades
        .filter((trade) => isBeside(trade) && (before.has(trade.id) || trade.createdAt >= startedAt))
        .filter(({ phase }) => phase !== 'skipped')
        .toReversed();
    },
  };
}

/** Returns what a person should know before the run; null where the folder has no other agents with open trades. */
export function describeBeside({ openBefore }: BesideRun): string | null {
  if (openBefore.length === 0) return null;
  const names = [...new Set(openBefore.map(({ agentName }) => agentName))];
  return (
    `${counted(openBefore.length, 'trade')} of ${names.join(', ')} ${openBefore.length === 1 ? 'is' : 'are'} open in ` +
    'this state folder: they go on at the prices of this run, which begin anew'
  );
}
