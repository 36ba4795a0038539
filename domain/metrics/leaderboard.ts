import { amount, ZERO } from '../money.ts';
import type { Performance } from './performance.ts';

/** Least closed trades and days of an agent that has a rank, unless a reader asks for more trades. */
export const RANKED_TRADES = 10;
export const RANKED_DAYS = 14;

/** Why an agent has no rank. */
export const UNRANKED = {
  few_trades: 'Fewer closed trades in the window than asked for.',
  young: `Fewer than ${RANKED_DAYS} days of results.`,
  no_equity: 'No reading of its accounts says what the profit was made with.',
  one_trade: 'Its best trade alone makes its profit.',
} as const;
export type UnrankedReason = keyof typeof UNRANKED;

/** An agent as it is ranked. */
export interface Contender {
  agentId: string;
  name: string;
  numbers: Performance;
}

export type Ranked<Agent> = Agent & { rank: number | null; unranked: UnrankedReason | null };

/**
 * Returns agents by their APR, highest first. Agents whose APR is equal to a hundredth of a percent share a rank and
 * stand in the order of their closed trades, then of their names. Agents without a rank come last, with the reason.
 */
export function rankAgents<Agent extends Contender>(
  agents: readonly Agent[],
  minTrades: number = RANKED_TRADES,
): Ranked<Agent>[] {
  const judged = agents.map((agent) => ({ ...agent, unranked: refusalOf(agent.numbers, minTrades) }));
  const sorted = judged.toSorted(
    (a, b) =>
      Number(a.unranked !== null) - Number(b.unranked !== null) ||
      aprOf(b) - aprOf(a) ||
      b.numbers.trades - a.numbers.trades ||
      a.name.localeCompare(b.name),
  );
  let rank = 0;
  return sorted.map((agent, index) => {
    const before = sorted[index - 1];
    if (!before || aprOf(before) !== aprOf(agent)) rank = index + 1;
    return { ...agent, rank: agent.unranked === null ? rank : null };
  });
}

const aprOf = ({ numbers: { aprPct } }: Contender): number => Math.round((aprPct ?? -Infinity) * 100);

function refusalOf(numbers: Performance, minTrades: number): UnrankedReason | null {
  if (numbers.trades < minTrades) return 'few_trades';
  if (numbers.days < RANKED_DAYS) return 'young';
  if (numbers.aprPct === null) return 'no_equity';
  const profit = amount(numbers.netUsd);
  const rest = profit.sub(numbers.bestUsd ?? ZERO);
  return profit.gt(0) && rest.lte(0) ? 'one_trade' : null;
}
