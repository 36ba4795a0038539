import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { TradeState } from '#domain/trade.ts';
import { SEARCH_ATTRIBUTES } from './names.ts';

/** Sets the search attributes that stay: venue, instrument, side, agent and deployment. */
export function label(planned: {
  venue: string;
  symbol: string;
  side: string;
  agentName: string;
  deploymentId: string;
}): void {
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.venue, value: planned.venue },
    { key: SEARCH_ATTRIBUTES.instrument, value: planned.symbol },
    { key: SEARCH_ATTRIBUTES.side, value: planned.side },
    { key: SEARCH_ATTRIBUTES.agent, value: planned.agentName },
    { key: SEARCH_ATTRIBUTES.deployment, value: planned.deploymentId },
  ]);
}

/**
 * Sets the search attributes that change. Each call is an event of the history: not to be repeated without a change.
 */
export const tag = (trade: TradeState): void =>
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.phase, value: trade.phase },
    ...(trade.exitReason ? [{ key: SEARCH_ATTRIBUTES.exitReason, value: trade.exitReason }] : []),
  ]);

/** Sets the details that a person sees in the Web UI. */
export function describe(trade: TradeState, agentName: string): void {
  const lines = [
    `**${trade.phase}** ${trade.side ?? ''} ${trade.symbol ?? ''} ${trade.venue ? `on ${trade.venue}` : ''} for ${agentName}`,
    trade.entryPrice && `Entry ${trade.entrySize} at ${trade.entryPrice}, ${trade.remainingSize} open`,
    trade.stopPrice &&
      trade.phase === 'open' &&
      `Stop ${trade.stopPrice}, ${trade.takeProfitsFilled} targets filled`,
    trade.paused && 'Paused: automatic exits are off, what rests at the venue stays',
    trade.trouble && `Trouble (${trade.trouble.code}): ${trade.trouble.text}`,
    trade.exitReason && `Exit: ${trade.exitReason}`,
    trade.refusal && `Not traded (${trade.refusal.code}): ${trade.refusal.text}`,
    trade.netPnlUsd && `Net ${trade.netPnlUsd} USD`,
  ];
  setCurrentDetails(lines.filter(Boolean).join('\n\n'));
}
