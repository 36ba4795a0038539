import { byLeg, placedText } from '#terminal/order-text.ts';
import { shortNumbers } from '#terminal/output.ts';
import type { RunRecord } from './run-record.ts';

/** One thing that happened, as one line tells it. */
export interface TimelineLine {
  /** Names the line: it is printed once, however often the database is read. */
  key: string;
  at: number;
  kind:
    | 'post'
    | 'signal'
    | 'skip'
    | 'plan'
    | 'order'
    | 'fill'
    | 'open'
    | 'stop'
    | 'watch'
    | 'exit'
    | 'closed'
    | 'bill'
    | 'note';
  /** Whom or what it is about: an author, or an instrument and side. */
  about: string;
  text: string;
}

/** Words of the database that the timeline shortens. */
const EVENT_KINDS: Readonly<Record<string, TimelineLine['kind']>> = {
  planned: 'plan',
  opened: 'open',
  armed: 'watch',
  fill: 'fill',
  stop_moved: 'stop',
  stop_resting: 'stop',
  stop_refused: 'stop',
  exit_started: 'exit',
  settled: 'closed',
  billed: 'bill',
};

/** At one time, causes come before what they cause. */
const ORDER: readonly TimelineLine['kind'][] = [
  'post',
  'signal',
  'skip',
  'plan',
  'order',
  'fill',
  'open',
  'stop',
  'watch',
  'exit',
  'closed',
  'bill',
  'note',
];

/** Returns the lines of all that happened so far, oldest first. */
export function timelineOf(record: RunRecord): TimelineLine[] {
  const abouts = new Map(record.trades.map(({ id, symbol, side }) => [id, `${symbol} ${side}`]));
  const plannedAt = new Map(
    record.events.filter(({ type }) => type === 'planned').map(({ tradeId, at }) => [tradeId, at]),
  );
  const lines = [
    ...record.messages.map(postLine),
    ...record.signals.map(signalLine),
    ...record.skips.map(skipLine),
    ...record.orders.toSorted(byLeg).map((order) => ({
      ...orderLine(order, abouts.get(order.tradeId) ?? ''),
      // A plan and its first orders are written in one step; the plan is told first.
      at: Math.max(order.at, plannedAt.get(order.tradeId) ?? 0),
    })),
    ...record.events
      .filter(({ type }) => type !== 'skipped')
      .map((event) => eventLine(event, abouts.get(event.tradeId) ?? '')),
  ];
  return lines.sort((a, b) => a.at - b.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const postLine = ({ id, author, text, at }: RunRecord['messages'][number]): TimelineLine => ({
  key: `message/${id}`,
  at,
  kind: 'post',
  about: author,
  text: oneLine(text),
});

const signalLine = (signal: RunRecord['signals'][number]): TimelineLine => ({
  key: `signal/${signal.id}`,
  at: signal.at,
  kind: 'signal',
  about: `${signal.symbol} ${signal.side}`,
  text: [
    `${signal.agentName}, confidence ${signal.confidence.toFixed(2)}`,
    ...(signal.referencePrice === null ? [] : [`near ${signal.referencePrice}`]),
  ].join(', '),
});

const skipLine = ({ id, at, code, text, message, instrument }: RunRecord['skips'][number]): TimelineLine => ({
  key: `skip/${id}`,
  at,
  kind: 'skip',
  about: instrument ? `${instrument.symbol} ${instrument.side}` : (message?.author ?? ''),
  text: `${code}: ${oneLine(text)}`,
});

function orderLine(order: RunRecord['orders'][number], about: string): TimelineLine {
  const { id, at, leg, legNumber, side, size, status, reason } = order;
  const name = leg === 'take_profit' ? `take profit ${legNumber}` : leg;
  const refused = status === 'rejected' ? `, refused: ${reason ?? 'no reason given'}` : '';
  return {
    key: `order/${id}`,
    at,
    kind: 'order',
    about,
    text: shortNumbers(`${name}: ${side} ${size} ${placedText(order)}${refused}`),
  };
}

/** Returns the line of an event of a trade; `about` names the trade. */
export const eventLine = (
  { id, at, type, text }: RunRecord['events'][number],
  about: string,
): TimelineLine => ({
  key: `event/${id}`,
  at,
  kind: EVENT_KINDS[type] ?? 'note',
  about,
  text: EVENT_KINDS[type] ? oneLine(text) : `${type}: ${oneLine(text)}`,
});

/** Posts and reasons run over several lines at times; a line tells one thing. */
const oneLine = (text: string): string => shortNumbers(text.replaceAll(/\s+/gu, ' ').trim());
