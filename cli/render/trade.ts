import type { TradeStory } from '#api/schemas/trade.ts';
import { hasEnded } from '#domain/trade-phases.ts';
import {
  duration,
  orDash,
  paintPnl,
  shortId,
  shortNumbers,
  signedUsd,
  utc,
  utcTime,
  type Colors,
} from '#terminal/output.ts';
import { breakEvenText, notionalText, riskText, timeLimitText, trailText } from './trade-risk.ts';
import { toTimeline, type TimelineEntry } from './trade-timeline.ts';

/** A trade as a person reads it at three in the morning: how it stands, why, and what happened. */
export function renderTrade(story: TradeStory, colors: Colors): string[] {
  return [
    headline(story, colors),
    ...facts(story, colors).map(([name, value]) => `  ${colors.dim(name.padEnd(11))} ${value}`),
    '',
    ...renderTimeline(toTimeline(story), colors),
  ];
}

function headline({ id, symbol, side, phase, paused, venue }: TradeStory, colors: Colors): string {
  const where = venue === null ? '' : ` on ${venue}`;
  return `${colors.bold(`${side.toUpperCase()} ${symbol}`)}${where}  ${colors.bold(phase)}${paused && !hasEnded(phase) ? ' (paused)' : ''}  ${colors.dim(shortId(id))}`;
}

function facts(story: TradeStory, colors: Colors): [name: string, value: string][] {
  const all: [string, string | null][] = [
    ['why', whyText(story)],
    ['size', sizeText(story)],
    ['entry', story.entryPrice],
    ['notional', notionalText(story)],
    ['stop', stopText(story)],
    ['risk', riskText(story)],
    ['targets', targetsText(story)],
    ['break-even', breakEvenText(story)],
    ['trail', trailText(story)],
    ['time limit', timeLimitText(story)],
    ['exit', story.exitPrice === null ? null : `${story.exitPrice} (${orDash(story.exitReason)})`],
    ['net PnL', pnlText(story, colors)],
    ['at venue', positionText(story)],
    ['times', timesText(story)],
    ['unprotected', story.unprotectedMs > 0 ? `${story.unprotectedMs} ms without a resident stop` : null],
    ['agent', `${story.agentName}, deployment ${story.deploymentId}`],
    ['trade', story.id],
    ['workflow', story.workflowId],
  ];
  return all.flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, shortNumbers(value)]],
  );
}

function whyText({ refusal, signal, exitReason, phase }: TradeStory): string {
  if (refusal) return `not taken (${refusal.code}): ${refusal.text}`;
  const { message, origin, confidence } = signal;
  const taken = message
    ? `taken on a post by ${message.author}, confidence ${confidence}`
    : `taken on a ${origin} signal`;
  return phase === 'closed' && exitReason !== null ? `${taken}; closed by ${exitReason}` : taken;
}

function sizeText({ entrySize, remainingSize }: TradeStory): string | null {
  if (entrySize === null) return null;
  return remainingSize === null || remainingSize === entrySize
    ? entrySize
    : `${entrySize}, ${remainingSize} left`;
}

function stopText({ stopPrice, stopKind, watch }: TradeStory): string | null {
  if (stopPrice === null) return null;
  return `${stopPrice}${stopKind === null ? '' : ` (${stopKind})`}${watch ? `, watch ${watch.status}` : ''}`;
}

function targetsText({ levels }: TradeStory): string | null {
  if (!levels || levels.targets.length === 0) return null;
  return levels.targets.map(({ price, fraction }) => `${price} x ${Math.round(fraction * 100)} %`).join(', ');
}

function pnlText({ netPnlUsd, grossPnlUsd, feesUsd, fundingUsd }: TradeStory, colors: Colors): string | null {
  if (netPnlUsd === null) return null;
  const net = paintPnl(colors, `${signedUsd(netPnlUsd)} USD`, netPnlUsd);
  return `${net}  (gross ${orDash(grossPnlUsd)}, fees ${orDash(feesUsd)}, funding ${orDash(fundingUsd)})`;
}

function positionText({ position, phase }: TradeStory): string | null {
  if (!position || phase === 'closed') return null;
  const liquidation =
    position.liquidationPrice === null ? '' : `, liquidation at ${position.liquidationPrice}`;
  return `${position.size} at ${orDash(position.entryPrice)}${liquidation}, confirmed ${utc(position.confirmedAt)}`;
}

function timesText({ createdAt, openedAt, closedAt }: TradeStory): string {
  const parts = [`made ${utc(createdAt)}`];
  if (openedAt !== null) parts.push(`opened ${utc(openedAt)}`);
  if (closedAt !== null) parts.push(`ended ${utc(closedAt)}`);
  if (openedAt !== null && closedAt !== null) parts.push(`held ${duration(closedAt - openedAt)}`);
  return `${parts.join(', ')} (UTC)`;
}

/** One line per event; a new day gets a line of its own. */
function renderTimeline(entries: readonly TimelineEntry[], colors: Colors): string[] {
  const lines: string[] = [];
  let day = '';
  for (const { at, kind, text } of entries) {
    const today = utc(at).slice(0, 10);
    if (today !== day) lines.push(colors.dim(`${today} (UTC)`));
    day = today;
    lines.push(`  ${colors.dim(utcTime(at))}  ${paintKind(kind, colors)}  ${shortNumbers(text)}`);
  }
  return lines;
}

function paintKind(kind: TimelineEntry['kind'], colors: Colors): string {
  const padded = kind.padEnd(7);
  if (kind === 'fill') return colors.green(padded);
  return kind === 'order' ? colors.cyan(padded) : padded;
}
