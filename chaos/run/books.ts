import { COINS } from '../plan.ts';
import type { BookedTrade } from '../judge/record.ts';
import { nettedLine } from '../log/lines.ts';
import type { People } from './people.ts';
import type { Stage } from './stage.ts';
import { readTraces } from './traces.ts';

/** Ostium's chain counts whole seconds. */
const OSTIUM_CLOCK_MS = 1_000;

/** Reads our books as they are judged; `lines` are the positions of trades at Ostium, by trade. */
export async function readBooks(
  stage: Stage,
  { adjustedAt }: People,
  lines: ReadonlyMap<string, string>,
): Promise<BookedTrade[]> {
  const rows = await stage.system.db.trade.findMany({
    include: {
      signal: { select: { origin: true } },
      billingEvents: true,
      events: { orderBy: { id: 'asc' } },
      orders: { orderBy: { createdAt: 'asc' } },
    },
    orderBy: { createdAt: 'asc' },
  });
  const traces = readTraces(stage);
  const pending = await Promise.all(
    rows.map(async ({ phase, signalId, deploymentId }) =>
      phase === 'closed' || phase === 'skipped' ? [] : traces.pendingOf(signalId, deploymentId),
    ),
  );
  return rows.map((row, index) => ({
    id: row.id,
    venue: row.venue,
    line:
      row.venue === 'ostium' ? (lines.get(row.id) ?? null) : nettedLine(row.accountId, coinOf(row.symbol)),
    side: row.side,
    isAdopted: row.signal.origin === 'adoption',
    phase: row.phase,
    // Ostium is given dollars: its size is known once its price is.
    plannedSize: row.venue === 'ostium' ? null : plannedSize(row.plan),
    netPnlUsd: row.netPnlUsd?.toFixed() ?? null,
    bills: row.billingEvents.map(({ kind, subject, amountUsd }) => ({
      kind,
      subject,
      amountUsd: amountUsd.toFixed(),
    })),
    adjustedAt: adjustedAt.get(row.id) ?? [],
    clockMs: row.venue === 'ostium' ? OSTIUM_CLOCK_MS : 0,
    story: [
      `${row.symbol} ${row.side} at ${row.venue}: ${row.phase}, ${row.exitReason ?? row.refusalCode ?? 'no exit'}`,
      ...row.events.map(({ at, type, text }) => `${at.toISOString().slice(11, 23)} ${type}: ${text}`),
      ...row.orders.map(
        (order) =>
          `order ${order.leg} ${order.legNumber}/${order.revision} ${order.side} ${order.size.toFixed()} ` +
          `at ${(order.triggerPrice ?? order.price).toFixed()}: ${order.status} ${order.filledSize.toFixed()} ` +
          `${order.venueOrderId ?? ''} ${order.code ?? ''}`,
      ),
      ...traces.warningsOf(row.id),
      ...(pending[index] ?? []),
    ],
  }));
}

const coinOf = (symbol: string): string => COINS.find((coin) => coin === symbol) ?? symbol;

function plannedSize(plan: unknown): string | null {
  const size: unknown = typeof plan === 'object' && plan !== null && 'size' in plan ? plan.size : null;
  return typeof size === 'string' ? size : null;
}
