import { FetchRequest, JsonRpcProvider, formatEther, parseEther } from 'ethers';
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

export interface GasTransfer {
  /** Pays and signs. */
  owner: TradingSigner;
  to: string;
  /** What the receiver is to have in all, in ETH; nothing is sent to one that has it. */
  atLeastEth: string;
}

/** How long a transfer may take to be mined. */
const MINED_WITHIN_MS = 60_000;

/** Sends ETH for gas to an address that has too little. `unresolved` where it is not known whether it was mined. */
export async function sendGas(
  { network, rpcUrls }: Pick<OstiumOptions, 'network' | 'rpcUrls'>,
  { owner, to, atLeastEth }: GasTransfer,
): Promise<Outcome<null>> {
  // Without a cache a transaction finds the number of the one before it used.
  const request = new FetchRequest(rpcUrls[0] ?? '');
  request.timeout = DEFAULT_TIMING.requestMs;
  const provider = new JsonRpcProvider(request, NETWORKS[network].chainId, {
    cacheTimeout: -1,
    staticNetwork: true,
  });
  try {
    const missing = parseEther(atLeastEth) - (await provider.getBalance(to));
    if (missing <= 0n) return { kind: 'confirmed', value: null };
    const signed = await signTransfer(provider, owner, { to, value: missing });
    const { hash } = await provider.broadcastTransaction(signed);
    const receipt = await provider.waitForTransaction(hash, 1, MINED_WITHIN_MS);
    if (receipt === null) return { kind: 'unresolved', text: `the transfer ${hash} is not mined yet` };
    if (receipt.status === 1) return { kind: 'confirmed', value: null };
    return {
      kind: 'rejected',
      code: 'gas_not_sent',
      text: `the transfer of ${formatEther(missing)} ETH failed`,
    };
  } catch (error) {
    const why =
      error instanceof Error && 'shortMessage' in error ? String(error.shortMessage) : String(error);
    return { kind: 'unresolved', text: `ETH for gas may not have reached ${to}: ${why}` };
  } finally {
    provider.destroy();
  }
}

async function signTransfer(
  provider: JsonRpcProvider,
  owner: TradingSigner,
  { to, value }: { to: string; value: bigint },
): Promise<string> {
  const [{ chainId }, nonce, fees, gasLimit] = await Promise.all([
    provider.getNetwork(),
    provider.getTransactionCount(owner.address),
    provider.getFeeData(),
    provider.estimateGas({ from: owner.address, to, value }),
  ]);
  return owner.signTransaction({
    chainId: Number(chainId),
    nonce,
    to,
    data: '0x',
    value,
    gasLimit,
    maxFeePerGas: fees.maxFeePerGas ?? fees.gasPrice ?? 0n,
    maxPriorityFeePerGas: fees.maxPriorityFeePerGas ?? 0n,
  });
}
