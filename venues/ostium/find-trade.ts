import type { AccountId } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { CommandOptions } from '../venue.ts';
import type { OstiumContext } from './context.ts';
import type { Failure } from './errors.ts';
import type { OpenTrade } from './positions.ts';

/**
 * Returns the open trade that a command is about; null when it is closed. A command that names no entry is about the
 * oldest trade of the pair; one whose entry has no id yet is about none. Throws `VenueError`.
 */
export async function findTrade(
  { pairs, positions }: OstiumContext,
  accountId: AccountId,
  instrument: Instrument,
  { entryOrderId }: Pick<CommandOptions, 'entryOrderId'>,
): Promise<OpenTrade | null> {
  const pair = await pairs.bySymbol(instrument.symbol);
  const held = pair ? await positions.open(accountId, pair) : [];
  if (entryOrderId === undefined) return held[0] ?? null;
  return held.find(({ tradeId }) => tradeId.toString() === entryOrderId) ?? null;
}

export const noPosition: Extract<Failure, { kind: 'rejected' }> = {
  kind: 'rejected',
  code: 'no_position',
  text: 'The trade is not open any more.',
};
