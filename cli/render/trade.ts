import type { TradeDetails } from '#api/schemas/trade.ts';
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

/** Returns a trade as lines of text: how it stands, why, and everything that happened to it. */
export function renderTrade(details: TradeDetails, colors: Colors): string[] {
  return [
    headline(details, colors),
    ...facts(details, colors).map(([name, value]) => `  ${colors.dim(name.padEnd(11))} ${value}`),
    '',
    ...renderTimeline(toTimeline(details), colors),
  ];
}

function headline({ id, symbol, side, phase, paused, venue }: TradeDetails, colors: Colors): string {
  const where = venue === null ? '' : ` on ${venue}`;
  return `${colors.bold(`${side.toUpperCase()} ${symbol}`)}${where}  ${colors.bold(phase)}${paused && !hasEnded(phase) ? ' (paused)' : ''}  ${colors.dim(shortId(id))}`;
}

function facts(details: TradeDetails, colors: Colors): [name: string, value: string][] {
  const all: [string, string | null][] = [
    ['why', whyText(details)],
    ['size', sizeText(details)],
    ['entry', details.entryPrice],
    ['notional', notionalText(details)],
    ['stop', stopText(details)],
    ['risk', riskText(details)],
    ['targets', targetsText(details)],
    ['break-even', breakEvenText(details)],
    ['trail', trailText(details)],
    ['time limit', timeLimitText(details)],
    ['exit', details.exitPrice === null ? null : `${details.exitPrice} (${orDash(details.exitReason)})`],
    ['net PnL', pnlText(details, colors)],
    ['at venue', positionText(details)],
    ['times', timesText(details)],
    ['unprotected', details.unprotectedMs > 0 ? `${details.unprotectedMs} ms without a resident stop` : null],
    ['agent', `${details.agentName}, deployment ${details.deploymentId}`],
    ['trade', details.id],
    ['workflow', details.workflowId],
  ];
  return all.flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, shortNumbers(value)]],
  );
}

function whyText({ refusal, signal, exitReason, phase }: TradeDetails): string {
  if (refusal) return `not taken (${refusal.code}): ${refusal.text}`;
  const { message, origin, confidence } = signal;
  const taken = message
    ? `taken on a post by ${message.author}, confidence ${confidence}`
    : `taken on a ${origin} signal`;
  return phase === 'closed' && exitReason !== null ? `${taken}; closed by ${exitReason}` : taken;
}

function sizeText({ entrySize, remainingSize }: TradeDetails): string | null {
  if (entrySize === null) return null;
  return remainingSize === null || remainingSize === entrySize
    ? entrySize
    : `${entrySize}, ${remainingSize} left`;
}

function stopText({ stopPrice, stopKind, watch }: TradeDetails): string | null {
  if (stopPrice === null) return null;
  return `${stopPrice}${stopKind === null ? '' : ` (${stopKind})`}${watch ? `, watch ${watch.status}` : ''}`;
}

function targetsText({ levels }: TradeDetails): string | null {
  if (!levels || levels.targets.length === 0) return null;
  return levels.targets.map(({ price, fraction }) => `${price} x ${Math.round(fraction * 100)} %`).join(', ');
}

function pnlText(
  { netPnlUsd, grossPnlUsd, feesUsd, fundingUsd }: TradeDetails,
  colors: Colors,
): string | null {
  if (netPnlUsd === null) return null;
  const net = paintPnl(colors, `${signedUsd(netPnlUsd)} USD`, netPnlUsd);
  return `${net}  (gross ${orDash(grossPnlUsd)}, fees ${orDash(feesUsd)}, funding ${orDash(fundingUsd)})`;
}

function positionText({ position, phase }: TradeDetails): string | null {
  if (!position || phase === 'closed') return null;
  const liquidation =
    position.liquidationPrice === null ? '' : `, liquidation at ${position.liquidationPrice}`;
  return `${position.size} at ${orDash(position.entryPrice)}${liquidation}, confirmed ${utc(position.confirmedAt)}`;
}

function timesText({ createdAt, openedAt, closedAt }: TradeDetails): string {
  const parts = [`made ${utc(createdAt)}`];
  if (openedAt !== null) parts.push(`opened ${utc(openedAt)}`);
  if (closedAt !== null) parts.push(`ended ${utc(closedAt)}`);
  if (openedAt !== null && closedAt !== null) parts.push(`held ${duration(closedAt - openedAt)}`);
  return `${parts.join(', ')} (UTC)`;
}

/** Returns one line per event, and a line for each new day. */
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
