import type { TradeDetails } from '#api/schemas/trade.ts';
import { isOver } from '#domain/order.ts';
import { byLeg, placedText } from '#terminal/order-text.ts';

/** One thing that happened to a trade. */
export interface TimelineEntry {
  at: number;
  kind: 'message' | 'signal' | 'routing' | 'event' | 'order' | 'fill' | 'funding' | 'bill';
  text: string;
}

/** Order of the kinds at one time: causes come before effects. */
const ORDER: TimelineEntry['kind'][] = [
  'message',
  'signal',
  'routing',
  'order',
  'fill',
  'event',
  'funding',
  'bill',
];

/** Returns everything that happened to a trade, oldest first: states, orders, fills, routing, money. */
export function toTimeline(details: TradeDetails): TimelineEntry[] {
  const { signal } = details;
  const entries: TimelineEntry[] = [
    ...(signal.message ? [messageEntry(signal.message)] : []),
    { at: signal.createdAt, kind: 'signal', text: signalText(details) },
    ...(details.routing
      ? [{ at: details.routing.at, kind: 'routing' as const, text: routingText(details.routing) }]
      : []),
    ...details.events.map(({ at, type, text }) => ({ at, kind: 'event' as const, text: `${type}: ${text}` })),
    ...details.orders.toSorted(byLeg).flatMap((order) => orderEntries(order, details)),
    ...details.fills.map((fill) => ({ at: fill.at, kind: 'fill' as const, text: fillText(fill) })),
    ...details.funding.map(({ at, amountUsd }) => ({
      at,
      kind: 'funding' as const,
      text: `${amountUsd} USD`,
    })),
    ...details.bills.map(({ at, kind, amountUsd }) => ({
      at,
      kind: 'bill' as const,
      text: `${kind} ${amountUsd} USD`,
    })),
  ];
  return entries.sort((a, b) => a.at - b.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const messageEntry = (message: NonNullable<TradeDetails['signal']['message']>): TimelineEntry => ({
  at: message.postedAt,
  kind: 'message',
  text: `${message.author}: ${message.text.replaceAll(/\s+/g, ' ')}`,
});

const signalText = ({
  symbol,
  side,
  signal: { origin, confidence, requestedVenue, referencePrice },
}: TradeDetails) =>
  [
    `${side} ${symbol}, ${origin}`,
    `confidence ${confidence}`,
    `venue ${requestedVenue}`,
    ...(referencePrice === null ? [] : [`made at ${referencePrice}`]),
  ].join(', ');

function routingText({ venue, refusals, durationMs }: NonNullable<TradeDetails['routing']>): string {
  const refused = refusals.map((refusal) => `${refusal.venue} refused (${refusal.code}): ${refusal.text}`);
  return [
    venue === null ? 'no venue' : `to ${venue}`,
    ...refused,
    `decided in ${durationMs.toFixed(1)} ms`,
  ].join('; ');
}

type Order = TradeDetails['orders'][number];

/** Returns the lines of an order, each as things stood then: when it was sent, first answered, and over. */
function orderEntries(order: Order, { fills }: TradeDetails): TimelineEntry[] {
  const name = order.leg === 'take_profit' ? `take profit ${order.legNumber}` : order.leg;
  const revision = order.revision > 0 ? ` (revision ${order.revision})` : '';
  const sent = entry(
    order.sentAt ?? order.createdAt,
    `${name} ${order.side} ${order.placedSize} ${placedText(order)}${revision}, ${order.clientOrderId}`,
  );
  if (order.answeredAt === null) return [{ ...sent, text: `${sent.text}: ${order.status}` }];
  const filledAt = fills.filter((fill) => fill.clientOrderId === order.clientOrderId).map((fill) => fill.at);
  const endedAt = order.status === 'filled' ? Math.max(order.answeredAt, ...filledAt) : order.answeredAt;
  const last = entry(endedAt, answerText(name, order));
  const { firstStatus, firstAnsweredAt } = order;
  if (firstStatus === null || firstAnsweredAt === null || isOver(firstStatus)) return [sent, last];
  const first = entry(firstAnsweredAt, `${name} ${firstStatus}`);
  return isOver(order.status) ? [sent, first, last] : [sent, first];
}

const entry = (at: number, text: string): TimelineEntry => ({ at, kind: 'order', text });

function answerText(name: string, { status, filledSize, size, code, text }: Order): string {
  const filled = Number(filledSize) > 0 ? ` ${filledSize} of ${size}` : '';
  const why =
    code === null && text === null ? '' : ` (${[code, text].filter((part) => part !== null).join(': ')})`;
  return `${name} ${status}${filled}${why}`;
}

const fillText = ({
  side,
  size,
  price,
  feeUsd,
  closedPnlUsd,
  liquidation,
}: TradeDetails['fills'][number]): string =>
  [
    `${side} ${size} at ${price}`,
    `fee ${feeUsd} USD`,
    ...(Number(closedPnlUsd) === 0 ? [] : [`closed ${closedPnlUsd} USD`]),
    ...(liquidation ? ['LIQUIDATION'] : []),
  ].join(', ');
