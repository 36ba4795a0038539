import { FetchRequest, JsonRpcProvider } from 'ethers';
import type { Outcome, TradingSigner } from '../../venue.ts';
import { DEFAULT_TIMING, NETWORKS, type OstiumOptions } from '../chain/options.ts';

/** How long a transfer may take to be mined. */
const MINED_WITHIN_MS = 60_000;
/** Gas is estimated on the state as it stands, and the fee of the layer below may rise until it is mined. */
const GAS_MARGIN_PCT = 130n;

/**
 * Sends all ETH of a trading key but the fee to an address. Confirmed too where there is no more than the fee. Never
 * throws for what the chain does.
 */
export async function returnGas(
  { network, rpcUrls }: Pick<OstiumOptions, 'network' | 'rpcUrls'>,
  { key, to }: { key: TradingSigner; to: string },
): Promise<Outcome<null>> {
  const request = new FetchRequest(rpcUrls[0] ?? '');
  request.timeout = DEFAULT_TIMING.requestMs;
  const { chainId } = NETWORKS[network];
  const provider = new JsonRpcProvider(request, chainId, { cacheTimeout: -1, staticNetwork: true });
  try {
    const from = key.address;
    const [balance, nonce, fees, estimate] = await Promise.all([
      provider.getBalance(from),
      provider.getTransactionCount(from, 'pending'),
      provider.getFeeData(),
      provider.estimateGas({ from, to, value: 0n }),
    ]);
    const gasLimit = (estimate * GAS_MARGIN_PCT) / 100n;
    const maxFeePerGas = fees.maxFeePerGas ?? fees.gasPrice ?? 0n;
    const value = balance - gasLimit * maxFeePerGas;
    if (value <= 0n) return { kind: 'confirmed', value: null };
    const maxPriorityFeePerGas = fees.maxPriorityFeePerGas ?? 0n;
    const unsigned = { chainId, nonce, to, data: '0x', value, gasLimit, maxFeePerGas, maxPriorityFeePerGas };
    const { hash } = await provider.broadcastTransaction(await key.signTransaction(unsigned));
    const receipt = await provider.waitForTransaction(hash, 1, MINED_WITHIN_MS);
    if (receipt?.status === 1) return { kind: 'confirmed', value: null };
    return { kind: 'unresolved', text: `the transfer ${hash} is not mined yet, or failed.` };
  } catch (error) {
    const why =
      error instanceof Error && 'shortMessage' in error ? String(error.shortMessage) : String(error);
    return { kind: 'unresolved', text: `${why}.` };
  } finally {
    provider.destroy();
  }
}
