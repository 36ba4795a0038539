import { ZeroAddress } from 'ethers';
import type { AccountId } from '#domain/ids.ts';
import type { CommandOptions, Outcome, TradingAccount } from '../../venue.ts';
import { TRADING } from '../chain/abi.ts';
import type { Receipt } from '../chain/chain.ts';
import type { OstiumContext } from './context.ts';
import type { Failure } from '../chain/errors.ts';
import type { OpenTrade } from '../accounts/positions.ts';

/** A call of the trading contract, as the trader would make it. */
export interface Wish {
  data: string;
  /** The trade that the call is about. Contracts know it by its slot only, which another trade may have taken. */
  trade?: OpenTrade;
}

/**
 * Tries the call as the trader would make it, where reverts keep their names, and sends it as the delegate, or as the
 * trader where the wallet's own key signs.
 */
export function callAsDelegate(
  { chain, transactions, positions }: OstiumContext,
  { accountId, signer }: TradingAccount,
  { data, trade }: Wish,
  options: CommandOptions,
): Promise<Outcome<Receipt>> {
  const to = chain.contracts.trading;
  const check = async (): Promise<Failure | null> => {
    const [, held] = await Promise.all([
      chain.simulate({ from: accountId, to, data }),
      trade ? positions.idAt(accountId, trade) : null,
    ]);
    return trade && held !== trade.tradeId ? slotTaken(trade, held) : null;
  };
  const isOwner = signer.address === accountId.toLowerCase();
  const sent = isOwner ? data : TRADING.encodeFunctionData('delegatedAction', [accountId, data]);
  return transactions.send(signer, { to, data: sent, check }, options);
}

/** Returns the denial of a call whose trade has ended: another trade may stand in its place. */
const slotTaken = ({ tradeId }: OpenTrade, held: bigint | null): Failure => ({
  kind: 'denied',
  code: 'venue_behind',
  text: `Trade ${tradeId} is not in its place any more: ${held === null ? 'nothing' : `trade ${held}`} is.`,
});

/** Returns the data of a call that opens a trade at the market. */
export const openTradeData = (trader: AccountId, trade: object, slippage: bigint): string =>
  TRADING.encodeFunctionData('openTrade', [
    { ...trade, trader },
    { builder: ZeroAddress, builderFee: 0 },
    0,
    slippage,
  ]);
