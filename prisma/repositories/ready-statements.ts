import type { EntryPlan } from '#domain/entry-plan.ts';
import { asId } from '#domain/ids.ts';
import type { Prisma } from '../generated/client.ts';
import { beginStatement } from './begin-decision.ts';
import { writeStatement } from './order-attempts.ts';
import type { OrderDraft } from './order-record.ts';
import { reportsStatement } from './order-reports.ts';
import { timeOrderedId } from './rows.ts';
import { newTradeRecord, type TradeRecord } from './trade-record.ts';
import { planStatement, type PlanDraft } from './trade-plans.ts';

/**
 * Returns the statements that orders wait for, about a trade that does not exist: they find nothing and write nothing.
 * An entry waits for the first two, a closing order for one of the next; the stop of an entry that filled in part waits
 * for the others.
 */
export function orderStatements(): Prisma.Sql[] {
  const id = timeOrderedId(Date.now());
  const trade = newTradeRecord(asId(id), {
    signalId: asId(id),
    deploymentId: id,
    symbol: asId('NONE'),
    side: 'long',
    accountId: asId(id),
  });
  const draw = { deploymentId: id, signer: id, now: Date.now() };
  const claim = { tradeId: trade.id, reason: 'stop_loss', by: 'nobody', size: '1' } as const;
  return [
    beginStatement({ signalId: id, deploymentId: id }),
    planStatement(trade, planDraft(trade, { draw, orders: [orderDraft(trade, 'entry')] })),
    writeStatement(draw, [orderDraft(trade, 'exit')], { ...claim, asOfWatch: 0n, isAlone: true }),
    writeStatement(draw, [orderDraft(trade, 'exit')], claim),
    reportsStatement([], 0n),
    writeStatement(draw, [orderDraft(trade, 'stop')]),
    writeStatement({ ...draw, hold: { tradeId: trade.id, number: 0, until: 0 } }, [
      orderDraft(trade, 'stop'),
    ]),
  ];
}

function planDraft({ symbol }: TradeRecord, entry: PlanDraft['entry']): PlanDraft {
  const venue = 'hyperliquid';
  const plan: EntryPlan = {
    instrument: {
      venue,
      symbol,
      venueSymbol: symbol,
      venueAssetId: 0,
      priceRule: { kind: 'step', tick: '1' },
      lot: '1',
      minNotionalUsd: '1',
      maxLeverage: 1,
      onlyIsolated: false,
      tradable: false,
    },
    side: 'long',
    size: '1',
    referencePrice: '1',
    worstPrice: '1',
    leverage: 1,
    barriers: {},
  };
  return {
    venue,
    plan,
    maxOpenPositions: 1,
    room: { freeUsd: '0', heldSizes: {} },
    routing: { venue, mode: 'priority', refusals: [], costs: [], durationMs: 0 },
    event: { key: 'planned', type: 'planned', text: '' },
    entry,
  };
}

const orderDraft = ({ id, accountId, symbol }: TradeRecord, leg: 'entry' | 'exit' | 'stop'): OrderDraft => ({
  tradeId: id,
  venue: 'hyperliquid',
  accountId,
  symbol,
  leg,
  legNumber: 0,
  revision: 0,
  clientOrderId: asId(id),
  side: 'buy',
  kind: 'ioc',
  price: '1',
  triggerPrice: null,
  size: '1',
  reduceOnly: leg !== 'entry',
});
