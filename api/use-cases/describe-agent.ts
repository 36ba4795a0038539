import type { VenueName } from '#domain/ids.ts';
import { impactOf, totalOf, type Impact } from '#domain/metrics/impact.ts';
import { judgeSources, type WeighedSource, type WeightProposal } from '#domain/metrics/judge-sources.ts';
import { startOfWindow, WINDOW_NAMES, type WindowName } from '#domain/metrics/windows.ts';
import { amount, sum, ZERO } from '#domain/money.ts';
import type { Database } from '#prisma/client.ts';
import { listCards, type Card } from '#prisma/repositories/agent-cards.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import { readAgentEquity } from '#prisma/repositories/equity-hours.ts';
import { readMarketTime, readOpenTrades } from '#prisma/repositories/market-time.ts';
import { countExits, listTradesOfSources } from '#prisma/repositories/metric-sums.ts';
import { sumBySource, type SourceTrades } from '#prisma/repositories/source-impacts.ts';

/** The window that an agent's sources and exits are shown over. */
const CARD_WINDOW: WindowName = '90d';

/** Returns everything that an agent's card shows: its numbers, venues, exits and sources. */
export async function describeAgent(db: Database, agent: AgentRecord, now: number) {
  const from = startOfWindow(CARD_WINDOW, now);
  const [cards, open, exits, sources, equityUsd] = await Promise.all([
    listCards(db, agent.id),
    readOpenTrades(db, { agentId: agent.id }),
    countExits(db, { agentIds: [agent.id], from }),
    sumBySource(db, { from, to: now + 1 }),
    readAgentEquity(db, agent.id),
  ]);
  const start = Math.max(from, agent.createdAt);
  const time = await readMarketTime(db, { agentId: agent.id }, { from: start, to: Math.max(now, start + 1) });
  return {
    agentId: agent.id,
    name: agent.name,
    isPublished: agent.isPublished,
    computedAt: cards[0]?.computedAt ?? null,
    equityUsd,
    ...open,
    ...time,
    windows: windowsOf(cards),
    venues: venuesOf(cards),
    exits,
    sources: weighedSources(agent, sources),
  };
}

function windowsOf(cards: readonly Card[]) {
  const [month, quarter, all] = WINDOW_NAMES.map(
    (name) => cards.find((card) => card.venue === '' && card.windowName === name)?.numbers,
  );
  return month && quarter && all ? { '30d': month, '90d': quarter, all } : null;
}

/** Returns the numbers at each venue since the first trade, with its share of everything traded. */
function venuesOf(cards: readonly Card[]) {
  const venues = cards.filter(({ venue, windowName }) => venue !== '' && windowName === 'all');
  const traded = sum(venues.map(({ numbers }) => numbers.volumeUsd));
  return venues.map(({ venue, numbers }) => ({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it was stored
    venue: venue as VenueName,
    share: traded.isZero() ? 0 : amount(numbers.volumeUsd).div(traded).toNumber(),
    numbers,
  }));
}

/** Returns the sources of an agent with the impact that their calls have had on all agents. */
function weighedSources(agent: AgentRecord, known: readonly SourceTrades[]): WeighedSource[] {
  const all = totalOf(known);
  return agent.sources.map(({ kind, handle, weight }) => {
    const found = known.find((source) => source.kind === kind && source.handle === handle);
    const { trades, wins, netUsd } = found ?? { trades: 0, wins: 0, netUsd: ZERO.toFixed() };
    const impact: Impact = impactOf({ trades, wins, netUsd }, all);
    return { kind, handle, weight, ...impact };
  });
}

/** Proposes weights for the sources of an agent by what their calls were worth over a window. */
export async function judgeAgent(
  db: Database,
  agent: AgentRecord,
  { window, now }: { window: WindowName; now: number },
): Promise<WeightProposal[]> {
  const from = startOfWindow(window, now);
  const known = await sumBySource(db, { from, to: now + 1 });
  const trades = await listTradesOfSources(db, agent.id, from);
  return judgeSources(weighedSources(agent, known), trades, agent.minConfidence);
}
