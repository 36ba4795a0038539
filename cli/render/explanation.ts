import type { Explanation } from '#api/schemas/explanation.ts';
import type { SignalOutcome } from '#domain/signal-outcome.ts';
import { duration, shortId, shortNumbers, utc, utcTime, type Colors } from '#terminal/output.ts';
import { excerpt, printable } from '#terminal/printable.ts';
import { outcomeLines } from './signal-outcome.ts';

type Message = NonNullable<Explanation['message']>;
type Classification = Message['classifications'][number];
type Idea = Classification['ideas'][number];
type Signal = Explanation['signals'][number];

/** What is shown of a text; `--json` has all of it. */
const MOST_SHOWN = 600;

/** Returns an explanation as lines of text: the words, how they were read, and what became of each signal. */
export function renderExplanation({ message, signals }: Explanation, colors: Colors): string[] {
  const blocks = [
    ...(message
      ? [
          renderMessage(message, colors),
          ...message.classifications.map((each) => renderReading(each, colors)),
        ]
      : []),
    ...signals.map((signal) => renderSignal(signal, message, colors)),
    ...(message ? [renderActs(message, colors), renderSkips(message, colors)] : []),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function renderMessage(message: Message, colors: Colors): string[] {
  const { id, source, author, text, url, postedAt, receivedAt, deletedAt, revisions } = message;
  return [
    headline('message', id, `${printable(author)} in ${source.kind}:${printable(source.handle)}`, colors),
    `  ${colors.italic(`“${excerpt(text, MOST_SHOWN)}”`)}`,
    ...facts(
      [
        ['posted', `${utc(postedAt)} (UTC), received ${after(postedAt, receivedAt)} that`],
        ['at', url === null ? null : printable(url)],
        ...revisions.map((each): Fact => [
          'edited',
          `${utc(each.at)}: “${excerpt(each.text, MOST_SHOWN)}” (not traded)`,
        ]),
        ['deleted', deletedAt === null ? null : utc(deletedAt)],
      ],
      colors,
    ),
  ];
}

function renderReading(reading: Classification, colors: Colors): string[] {
  const { classifier, label, kind, confidence, reasons, ideas, decidedBy, decidedWhy } = reading;
  const what = kind === null || kind === label ? label : `${label} (${kind})`;
  return [
    `${colors.bold('read as')} ${what}, confidence ${confidence.toFixed(2)}  ${colors.dim(classifier)}`,
    ...facts(
      [
        ['decided by', decidedBy && `${decidedBy}${decidedWhy === null ? '' : `: ${printable(decidedWhy)}`}`],
        ['because', reasons.length === 0 ? null : excerpt(reasons.join('; '), MOST_SHOWN)],
        ...ideas.map((idea): Fact => ['idea', ideaText(idea)]),
      ],
      colors,
    ),
  ];
}

function ideaText({ symbol, side, entry, barriers, leverage, confidence, problem }: Idea): string {
  const { stopLoss, takeProfits = [] } = barriers;
  const parts = [
    `${printable(symbol)} ${side}`,
    entry === null ? null : `entry ${entry}`,
    stopLoss ? `stop ${levelText(stopLoss)}` : null,
    takeProfits.length === 0 ? null : `targets ${takeProfits.map(levelText).join(' / ')}`,
    leverage === null ? null : `${leverage}x`,
    `confidence ${confidence.toFixed(2)}`,
    problem && `${problem.code}: ${printable(problem.text)}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function exitsText({ stopLoss, takeProfits = [], trailing = [], timeLimitMs }: Signal['barriers']): string {
  const parts = [
    stopLoss ? `stop ${levelText(stopLoss)}` : null,
    takeProfits.length === 0 ? null : `targets ${takeProfits.map(levelText).join(' / ')}`,
    trailing.length === 0
      ? null
      : `trail ${trailing.map(({ distancePct }) => `${distancePct} %`).join(', then ')}`,
    timeLimitMs === undefined ? null : `over after ${duration(timeLimitMs)}`,
  ];
  return parts.filter((part) => part !== null).join(', ') || 'of its agent alone';
}

const levelText = (level: { price: string } | { pct: number }): string =>
  'price' in level ? level.price : `${level.pct} %`;

function renderSignal(signal: Signal, message: Message | null, colors: Colors): string[] {
  const { id, symbol, side, outcome, agentName, createdAt, referencePrice, expiresAt } = signal;
  const delay = message ? `, ${after(message.receivedAt, createdAt)} it came` : '';
  return [
    headline('signal', id, `${side} ${symbol} by ${agentName}  ${paintOutcome(outcome, colors)}`, colors),
    ...facts(
      [
        ['made', `${utc(createdAt)} (UTC)${delay}; good until ${utcTime(expiresAt)}`],
        [
          'confidence',
          `${signal.confidence.toFixed(2)}${signal.weightPct === 100 ? '' : `, weighed at ${signal.weightPct} %`}`,
        ],
        ['size', sizeText(signal.sizeModel)],
        ['exits', exitsText(signal.barriers)],
        [
          'price then',
          referencePrice === null
            ? null
            : `${referencePrice}, skipped if it moves by more than ${signal.maxDriftPct} %`,
        ],
      ],
      colors,
    ),
    ...outcomeLines(signal, signal.trades).map((line) => `  ${printable(line)}`),
  ];
}

function sizeText(model: Signal['sizeModel']): string {
  if (model.mode === 'fixedNotional') return `${model.notionalUsd} USD`;
  const percent = model.percent === undefined ? 'the usual percentage' : `${model.percent} %`;
  return model.mode === 'equityPercent' ? `${percent} of the equity` : `${percent} of the equity at risk`;
}

function renderActs({ instructions, held }: Message, colors: Colors): string[] {
  return [
    ...instructions.map(
      (each) =>
        `${colors.bold('told trade')} ${colors.cyan(shortId(each.tradeId))}  ${instructionText(each)}${each.endedAt === null ? ', not done yet' : ''}`,
    ),
    ...held.map(
      ({ symbol, side, until, expiresAt, endedAt }) =>
        `${colors.bold('held')} ${side} ${symbol} until ${untilText(until)}${endedAt === null ? `, at most until ${utc(expiresAt)} (UTC)` : ', over'}`,
    ),
  ];
}

const untilText = (until: Message['held'][number]['until']): string =>
  until.kind === 'flat' ? 'trades against it are flat' : `the price is at ${until.price} or ${until.from}`;

function instructionText({ action, fraction, stopPrice }: Message['instructions'][number]): string {
  if (action === 'reduce') return `close ${Math.round((fraction ?? 0) * 100)} % of what is open`;
  if (action === 'move_stop') return stopPrice === null ? 'stop to break-even' : `stop to ${stopPrice}`;
  return action;
}

function renderSkips({ skips, evaluatedAt, classifications }: Message, colors: Colors): string[] {
  if (skips.length > 0)
    return skips.map(({ code, text }) => `${colors.yellow(`no signal (${code})`)}: ${printable(text)}`);
  if (classifications.length === 0) return ['not read yet; the pipeline reads messages every minute'];
  return evaluatedAt === null ? ['read, not turned into signals yet'] : [];
}

type Fact = [name: string, value: string | null];

const facts = (all: readonly Fact[], colors: Colors): string[] =>
  all.flatMap(([name, value]) =>
    value === null ? [] : [`  ${colors.dim(name.padEnd(10))} ${shortNumbers(value)}`],
  );

const headline = (noun: string, id: string, text: string, colors: Colors): string =>
  `${colors.bold(noun)} ${colors.cyan(shortId(id))}  ${text}`;

/** `0.8s after`; a clock that runs ahead makes nothing negative. */
const after = (from: number, to: number): string => `${duration(Math.max(0, to - from))} after`;

function paintOutcome(outcome: SignalOutcome, colors: Colors): string {
  if (outcome === 'executed') return colors.green(outcome);
  return outcome === 'pending' ? colors.cyan(outcome) : colors.yellow(outcome);
}
