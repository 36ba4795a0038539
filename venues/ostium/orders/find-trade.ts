import type { AccountId } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { VenueError, type CommandOptions } from '../../venue.ts';
import type { OstiumContext } from './context.ts';
import type { Failure } from '../chain/errors.ts';
import type { OpenTrade } from '../accounts/positions.ts';

/**
 * Returns the open trade that a command is about; null when the chain shows its end. A command that names no entry is
 * about the oldest trade of the pair; one whose entry has no id yet is about none. Throws `VenueError`: `venue_behind`
 * when the trade is neither to be seen open nor ended.
 */
export async function findTrade(
  { positions, history }: OstiumContext,
  accountId: AccountId,
  instrument: Instrument,
  { entryOrderId }: Pick<CommandOptions, 'entryOrderId'>,
): Promise<OpenTrade | null> {
  // The pair is taken from the instrument, so that a trade can be closed while the subgraph is down.
  const { venueAssetId: index, maxLeverage } = instrument;
  const held = await positions.open(accountId, { index, instrument, maxLeverage });
  if (entryOrderId === undefined) return held[0] ?? null;
  const found = held.find(({ tradeId }) => tradeId.toString() === entryOrderId);
  if (found || entryOrderId === null || (await history.hasEnded(BigInt(entryOrderId)))) return found ?? null;
  throw new VenueError('venue_behind', `trade ${entryOrderId} is neither open nor ended yet`, 'retry');
}

export const noPosition: Extract<Failure, { kind: 'rejected' }> = {
  kind: 'rejected',
  code: 'no_position',
  text: 'The trade is not open any more.',
};

/**
 * Returns why a command about a trade failed: `noPosition` where its transaction was mined and reverted because the trade
 * had ended meanwhile, else what was given.
 */
export async function explainRevert(
  { positions }: OstiumContext,
  accountId: AccountId,
  trade: OpenTrade,
  failed: Failure,
): Promise<Failure> {
  if (failed.kind !== 'rejected' || failed.code !== 'reverted') return failed;
  const held = await positions.idAt(accountId, trade).catch(() => trade.tradeId);
  return held === trade.tradeId ? failed : noPosition;
}

/** The failure of a command that was mined after the end of its trade, and found another one in its place. */
export const tookAnother = (what: 'close' | 'move', wanted: bigint, found: bigint): Failure => ({
  kind: 'rejected',
  code: 'wrong_trade',
  text: `The order to ${what} trade ${wanted} was mined after its end and meant trade ${found}, which took its place.`,
});
