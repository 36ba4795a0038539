import type { TradeSubject } from '#domain/trade-subject.ts';

/** The server refuses the start of a workflow whose summary takes more than 400 bytes. */
const MAX_SUMMARY = 120;

/** Returns the line that lists of workflows show for a trade, such as `BTC long, macro_mara 1`. */
export const summarizeTrade = ({ symbol, side, agentName = 'from the books' }: TradeSubject): string =>
  `${symbol} ${side}, ${agentName}`.slice(0, MAX_SUMMARY);

/** Returns the markdown that the page of a trade's workflow shows; its current details show how the trade stands. */
export const detailTrade = (
  subject: TradeSubject,
  { signalId, deploymentId }: { signalId: string; deploymentId: string },
): string =>
  [
    `**${summarizeTrade(subject)}**`,
    `Signal \`${signalId}\``,
    `Deployment \`${deploymentId}\``,
    `Other trades of the signal: \`WorkflowId STARTS_WITH "trade/${signalId}/"\``,
  ].join('\n\n');
