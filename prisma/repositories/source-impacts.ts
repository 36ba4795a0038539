import { impactOf, totalOf, type Impact, type SourceResult } from '#domain/metrics/impact.ts';
import type { WindowName } from '#domain/metrics/windows.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, text, textOrNull } from './rows.ts';

/** Results of a source: kind and handle name it. */
export interface SourceTrades extends SourceResult {
  sourceAccountId: string;
  kind: string;
  handle: string;
}

/** Returns the closed trades of each source from `from` until before `to`, epoch ms, the most trades first. */
export function sumBySource(
  db: DatabaseOrTransaction,
  { from, to }: { from: number; to: number },
): Promise<SourceTrades[]> {
  return db.$queryRaw<SourceTrades[]>`
    SELECT source_account_id::text AS "sourceAccountId", kind::text, handle, count(*)::int AS trades,
      count(*) FILTER (WHERE result_usd > 0)::int AS wins, trim_scale(sum(result_usd))::text AS "netUsd"
    FROM trade_hour JOIN source_account ON source_account.id = source_account_id
    WHERE hour >= ${new Date(from)} AND hour < ${new Date(to)} AND result_usd IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1`;
}

/** The impact of a source. */
export type SourceImpact = Omit<SourceTrades, keyof SourceResult> & Impact;

/** Returns the impact of each source by its trades, and by those of all together. */
export function impactsOf(sources: readonly SourceTrades[]): SourceImpact[] {
  const all = totalOf(sources);
  return sources.map(({ sourceAccountId, kind, handle, ...result }) => ({
    sourceAccountId,
    kind,
    handle,
    ...impactOf(result, all),
  }));
}

/** Returns the start of the newest day with stored impacts, epoch ms; null before the first one. */
export async function lastImpactDay(db: DatabaseOrTransaction): Promise<number | null> {
  const { _max: newest } = await db.sourceImpact.aggregate({ _max: { day: true } });
  return newest.day ? ms(newest.day) : null;
}

/** Stores the impacts of a window that ends with a day, once. */
export async function saveImpacts(
  db: DatabaseOrTransaction,
  { windowName, day }: { windowName: WindowName; day: number },
  impacts: readonly SourceImpact[],
): Promise<void> {
  await db.sourceImpact.createMany({
    data: impacts.map(({ sourceAccountId, trades, wins, netUsd, impactUsd, shrunkImpactUsd }) => ({
      sourceAccountId,
      windowName,
      day: new Date(day),
      trades,
      wins,
      netUsd,
      impactUsd,
      shrunkImpactUsd,
    })),
    skipDuplicates: true,
  });
}

/** The impact of a source as it was at the end of a day. */
export interface PastImpact extends SourceResult {
  day: number;
  impactUsd: string | null;
  shrunkImpactUsd: string;
}

/** Returns the impacts of a source over a window by day, newest first. */
export async function listPastImpacts(
  db: DatabaseOrTransaction,
  { sourceAccountId, windowName }: { sourceAccountId: string; windowName: WindowName },
  limit: number,
): Promise<PastImpact[]> {
  const rows = await db.sourceImpact.findMany({
    where: { sourceAccountId, windowName },
    orderBy: { day: 'desc' },
    take: limit,
  });
  return rows.map(({ day, trades, wins, netUsd, impactUsd, shrunkImpactUsd }) => ({
    day: ms(day),
    trades,
    wins,
    netUsd: text(netUsd),
    impactUsd: textOrNull(impactUsd),
    shrunkImpactUsd: text(shrunkImpactUsd),
  }));
}
