import type { DayProfit, DayReading } from '#domain/metrics/day-results.ts';
import { dayResults } from '#domain/metrics/day-results.ts';
import { performanceOf, type MoneySums } from '#domain/metrics/performance.ts';
import { NO_TRADES, type TradeSums } from '#domain/metrics/trade-sums.ts';
import { startOfDay, startOfWindow, WINDOW_NAMES, type WindowName } from '#domain/metrics/windows.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import { listDayEquity, type AgentReading } from '#prisma/repositories/equity-hours.ts';
import { listAgentDays, sumByAgent, type AgentDay } from '#prisma/repositories/metric-sums.ts';
import { noteNewDay, saveCards, takeAgentChanges, type Card } from '#prisma/repositories/agent-cards.ts';

export interface CardsDeps {
  db: Database;
  now: () => number;
}

const TIMEOUT_MS = 60_000;

/**
 * Computes the numbers of up to `limit` agents anew: of those whose trades changed, and once a day of all. Returns how
 * many, and whether agents are left.
 */
export async function refreshCards(
  { db, now }: CardsDeps,
  { limit }: { limit: number },
): Promise<{ agents: number; more: boolean }> {
  const at = now();
  await noteNewDay(db, startOfDay(at));
  return db.$transaction(
    async (tx) => {
      const agentIds = await takeAgentChanges(tx, limit);
      if (agentIds.length > 0) {
        const cards = await computeCards(tx, agentIds, at);
        await saveCards(tx, agentIds, cards, { day: startOfDay(at), now: at });
      }
      return { agents: agentIds.length, more: agentIds.length === limit };
    },
    { timeout: TIMEOUT_MS, maxWait: TIMEOUT_MS },
  );
}

/** What is known of one agent. */
interface AgentFacts {
  agentId: string;
  days: readonly AgentDay[];
  readings: readonly AgentReading[];
}

/** Sums by venue ('' for all), window and agent. */
type Sums = ReadonlyMap<string, { money: MoneySums; trades: TradeSums }>;

async function computeCards(tx: Transaction, agentIds: readonly string[], now: number): Promise<Card[]> {
  const days = await listAgentDays(tx, agentIds);
  const readings = await listDayEquity(tx, agentIds);
  const venues = [...new Set(days.map(({ venue }) => venue))];
  const sums = await readSums(tx, agentIds, { venues, now });
  const byAgent = Map.groupBy(days, ({ agentId }) => agentId);
  const readingsByAgent = Map.groupBy(readings, ({ agentId }) => agentId);
  return [...byAgent].flatMap(([agentId, its]) =>
    cardsOf({ agentId, days: its, readings: readingsByAgent.get(agentId) ?? [] }, sums, now),
  );
}

async function readSums(
  tx: Transaction,
  agentIds: readonly string[],
  { venues, now }: { venues: readonly VenueName[]; now: number },
): Promise<Sums> {
  const found = new Map<string, { money: MoneySums; trades: TradeSums }>();
  for (const windowName of WINDOW_NAMES)
    for (const venue of [undefined, ...venues]) {
      const filter = { agentIds, from: startOfWindow(windowName, now), ...(venue && { venue }) };
      for (const { key, ...sums } of await sumByAgent(tx, filter))
        found.set(keyOf(key, venue ?? '', windowName), sums);
    }
  return found;
}

const keyOf = (agentId: string, venue: string, windowName: WindowName): string =>
  `${agentId}/${venue}/${windowName}`;

function cardsOf({ agentId, days, readings }: AgentFacts, sums: Sums, now: number): Card[] {
  const venues = ['', ...new Set(days.map(({ venue }) => venue))];
  return venues.flatMap((venue) => {
    const its = { days: ofVenue(days, venue), readings: ofVenue(readings, venue) };
    return WINDOW_NAMES.map((windowName) => {
      const { money, trades } = sums.get(keyOf(agentId, venue, windowName)) ?? NOTHING;
      const results = daysOfWindow(its, windowName, now);
      return { agentId, venue, windowName, numbers: performanceOf(money, trades, results) };
    });
  });
}

const ofVenue = <Row extends { venue: VenueName }>(rows: readonly Row[], venue: string): readonly Row[] =>
  venue === '' ? rows : rows.filter((row) => row.venue === venue);

/** Returns the days of a window from the first one on which there was something to earn. */
function daysOfWindow(
  { days, readings }: { days: readonly DayProfit[]; readings: readonly DayReading[] },
  windowName: WindowName,
  now: number,
) {
  const first = days[0]?.day ?? startOfDay(now);
  const from = Math.max(startOfWindow(windowName, now), first);
  return dayResults(days, readings, { from, to: startOfDay(now) });
}

const NOTHING = {
  money: { grossUsd: '0', feesUsd: '0', fundingUsd: '0', netUsd: '0', volumeUsd: '0' },
  trades: NO_TRADES,
};
