import type { Explanation } from '#api/schemas/explanation.ts';
import type { TradeDetails } from '#api/schemas/trade.ts';
import { confidence } from '../../format/money.ts';
import { span } from '../../format/time.ts';
import { titled, venueTitle, worded } from '../../format/words.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Moment } from '../../ui/moment.tsx';
import './timeline.css';

/** A line of the story of a trade. */
interface Line {
  key: string;
  at: number;
  what: string;
  tone: Tone;
  text: React.ReactNode;
}

/** The story of a trade, from the words of the post to the bill. */
export function Timeline({
  trade,
  explanation,
}: {
  trade: TradeDetails;
  explanation: Explanation | undefined;
}) {
  const lines = linesOf(trade, explanation);
  const start = lines[0]?.at ?? trade.createdAt;
  return (
    <ol className="timeline">
      {lines.map(({ key, at, what, tone, text }) => (
        <li key={key} className={`tone-${tone}`}>
          <div className="timeline-head">
            <Badge tone={tone}>{what}</Badge>
            <span className="quiet small">
              <Moment at={at} /> · +{span(Math.max(0, at - start))}
            </span>
          </div>
          <div className="timeline-text">{text}</div>
        </li>
      ))}
    </ol>
  );
}

function linesOf(trade: TradeDetails, explanation: Explanation | undefined): Line[] {
  const lines = [...postLines(trade), ...readingLines(explanation), ...eventLines(trade)];
  return lines.sort((one, other) => one.at - other.at);
}

function postLines({ signal: { message, origin, createdAt } }: TradeDetails): Line[] {
  if (!message)
    return [
      { key: 'by hand', at: createdAt, what: titled(origin), tone: 'accent', text: 'A call made by hand.' },
    ];
  const post: Line = {
    key: 'post',
    at: message.postedAt,
    what: 'Post',
    tone: 'accent',
    text: (
      <figure>
        <blockquote>{message.text}</blockquote>
        <figcaption className="quiet">{message.author}</figcaption>
      </figure>
    ),
  };
  const edits = message.revisions.map(({ text, at }, index): Line => ({
    key: `edit ${index}`,
    at,
    what: 'Edited',
    tone: 'warn',
    text: (
      <>
        <blockquote>{text}</blockquote>
        <p className="quiet">An edit trades nothing.</p>
      </>
    ),
  }));
  return [post, ...edits];
}

function readingLines(explanation: Explanation | undefined): Line[] {
  const reading = explanation?.message?.classifications.at(-1);
  if (!reading) return [];
  return [
    {
      key: 'reading',
      at: reading.createdAt,
      what: 'Read',
      tone: 'neutral',
      text: (
        <>
          As {worded(reading.label)}, {confidence(reading.confidence)} sure, by {worded(reading.classifier)}.
          {reading.reasons.length > 0 && <span className="quiet"> {reading.reasons.join('; ')}.</span>}
        </>
      ),
    },
  ];
}

const TONES: Readonly<Record<string, Tone>> = {
  opened: 'gain',
  fill: 'gain',
  settled: 'gain',
  stop_moved: 'accent',
  exit_started: 'warn',
  skipped: 'warn',
  unprotected: 'loss',
  stop_refused: 'loss',
  exit_refused: 'loss',
  pnl_mismatch: 'loss',
  paused: 'warn',
  adjusted: 'accent',
};

const eventLines = (trade: TradeDetails): Line[] => [
  ...(trade.routing ? [routingLine(trade.routing)] : []),
  ...trade.events.map(({ type, text, at }, index): Line => {
    return { key: `event ${index}`, at, what: titled(type), tone: TONES[type] ?? 'neutral', text };
  }),
];

function routingLine({ venue, refusals, durationMs, at }: NonNullable<TradeDetails['routing']>): Line {
  return {
    key: 'routing',
    at,
    what: 'Routed',
    tone: 'neutral',
    text: (
      <>
        {venue === null ? 'No venue took it' : `To ${venueTitle(venue)}`}, in {span(durationMs)}.
        {refusals.map((refusal) => (
          <span key={refusal.venue} className="quiet">
            {' '}
            {venueTitle(refusal.venue)} refused: {refusal.text} ({worded(refusal.code)}).
          </span>
        ))}
      </>
    ),
  };
}
