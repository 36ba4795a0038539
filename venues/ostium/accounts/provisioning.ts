import type { Outcome, TradingSigner } from '../../venue.ts';
import { TRADING, USDC } from '../chain/abi.ts';
import { createChain } from '../chain/chain.ts';
import { DEFAULT_TIMING, NETWORKS, type OstiumOptions } from '../chain/options.ts';
import { createRpc } from '../chain/rpc.ts';
import { toChain } from '../chain/scales.ts';
import { createTransactions } from '../chain/transactions.ts';

export interface DelegateApproval {
  /** Signs for the wallet itself: only its owner can let a delegate in, and spend its USDC. */
  owner: TradingSigner;
  /** Address of the trading key. */
  delegate: string;
  /** How much USDC trades may take in all before the owner has to approve again. */
  allowanceUsdc: string;
}

/** Lets a trading key trade for a wallet: it can open and close trades with the wallet's USDC, and move none of it. */
export async function approveDelegate(
  options: Pick<OstiumOptions, 'network' | 'rpcUrls' | 'contracts'>,
  { owner, delegate, allowanceUsdc }: DelegateApproval,
): Promise<Outcome<null>> {
  const { chainId, contracts: usual } = NETWORKS[options.network];
  const contracts = options.contracts ?? usual;
  const rpc = createRpc({ urls: options.rpcUrls, chainId, requestMs: DEFAULT_TIMING.requestMs });
  const chain = createChain({ rpc, chainId, contracts, confirmations: 1 });
  const transactions = createTransactions(chain, DEFAULT_TIMING);
  const allowance = toChain(allowanceUsdc, 'usdc');
  const calls = [
    {
      to: contracts.usdc,
      data: USDC.encodeFunctionData('approve', [contracts.tradingStorage, allowance]),
    },
    { to: contracts.trading, data: TRADING.encodeFunctionData('setDelegate', [delegate]) },
  ];
  for (const call of calls) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
    const outcome = await transactions.send(owner, call, { nonce: 0 });
    if (outcome.kind !== 'confirmed') return outcome;
  }
  return { kind: 'confirmed', value: null };
}
