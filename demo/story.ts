import { byLeg, placedText } from '#terminal/order-text.ts';
import { shortNumbers } from '#terminal/output.ts';
import type { RunRecord } from './run-record.ts';

/** One thing that happened, as one line tells it. */
export interface StoryLine {
  /** Once per thing, however often the books are read. */
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

/** How the books name what the story tells in fewer words. */
const EVENT_KINDS: Readonly<Record<string, StoryLine['kind']>> = {
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
const ORDER: readonly StoryLine['kind'][] = [
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

/** The whole story of the books so far, oldest first. */
export function tellStory(books: RunRecord): StoryLine[] {
  const abouts = new Map(books.trades.map(({ id, symbol, side }) => [id, `${symbol} ${side}`]));
  const plannedAt = new Map(
    books.events.filter(({ type }) => type === 'planned').map(({ tradeId, at }) => [tradeId, at]),
  );
  const lines = [
    ...books.messages.map(postLine),
    ...books.signals.map(signalLine),
    ...books.skips.map(skipLine),
    ...books.orders.toSorted(byLeg).map((order) => ({
      ...orderLine(order, abouts.get(order.tradeId) ?? ''),
      // A plan and its first orders are written in one step; the plan is told first.
      at: Math.max(order.at, plannedAt.get(order.tradeId) ?? 0),
    })),
    ...books.events
      .filter(({ type }) => type !== 'skipped')
      .map((event) => eventLine(event, abouts.get(event.tradeId) ?? '')),
  ];
  return lines.sort((a, b) => a.at - b.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const postLine = ({ id, author, text, at }: RunRecord['messages'][number]): StoryLine => ({
  key: `message/${id}`,
  at,
  kind: 'post',
  about: author,
  text: oneLine(text),
});

const signalLine = (signal: RunRecord['signals'][number]): StoryLine => ({
  key: `signal/${signal.id}`,
  at: signal.at,
  kind: 'signal',
  about: `${signal.symbol} ${signal.side}`,
  text: [
    `${signal.agentName}, confidence ${signal.confidence.toFixed(2)}`,
    ...(signal.referencePrice === null ? [] : [`near ${signal.referencePrice}`]),
  ].join(', '),
});

const skipLine = ({ id, at, code, text, message, instrument }: RunRecord['skips'][number]): StoryLine => ({
  key: `skip/${id}`,
  at,
  kind: 'skip',
  about: instrument ? `${instrument.symbol} ${instrument.side}` : (message?.author ?? ''),
  text: `${code}: ${oneLine(text)}`,
});

function orderLine(order: RunRecord['orders'][number], about: string): StoryLine {
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

const eventLine = ({ id, at, type, text }: RunRecord['events'][number], about: string): StoryLine => ({
  key: `event/${id}`,
  at,
  kind: EVENT_KINDS[type] ?? 'note',
  about,
  text: EVENT_KINDS[type] ? oneLine(text) : `${type}: ${oneLine(text)}`,
});

/** Posts and reasons run over several lines at times; a line tells one thing. */
const oneLine = (text: string): string => shortNumbers(text.replaceAll(/\s+/gu, ' ').trim());
