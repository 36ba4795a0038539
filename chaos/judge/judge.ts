import { judgeEntries, judgeExits } from './entries.ts';
import { judgeLoosened } from './loosened.ts';
import { judgeMoney } from './money.ts';
import { judgeNakedness } from './naked.ts';
import { partOf } from './parts.ts';
import type { RunRecord } from './record.ts';
import type { Verdict, Violation } from './verdict.ts';

/** Holds our books against the venues' own record. A pure function: the verdict depends on the record alone. */
export function judge(record: RunRecord): Verdict {
  const violations: Violation[] = judgeForeign(record);
  let longestUnprotectedMs = 0;
  for (const trade of record.trades) {
    const part = partOf(trade, record.events);
    const nakedness = judgeNakedness(trade, part, record);
    longestUnprotectedMs = Math.max(longestUnprotectedMs, nakedness.longestMs);
    violations.push(
      ...judgeEntries(trade, part),
      ...judgeExits(trade, part),
      ...nakedness.violations,
      ...judgeLoosened(trade, record),
      ...judgeMoney(trade, part),
    );
  }
  return { violations, longestUnprotectedMs };
}

function judgeForeign({ events, trades }: RunRecord): Violation[] {
  return events.flatMap((event): Violation[] => {
    if (event.kind !== 'foreign') return [];
    const tradeId = trades.find(({ line }) => line === event.line)?.id ?? event.line;
    return [{ kind: 'foreignTouched', tradeId, count: 1, at: event.at, text: event.text }];
  });
}
