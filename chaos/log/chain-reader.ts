import { JsonRpcProvider } from 'ethers';
import type { Log } from 'ethers';

const SECOND_MS = 1_000;

/** Reads a chain's past, each block and transaction once. */
export interface ChainReader {
  /** Returns all events of these contracts, in the chain's order. */
  logs(addresses: readonly string[]): Promise<Log[]>;
  /** Returns when a block was made, in epoch milliseconds of whole seconds. */
  timeOf(blockNumber: number): Promise<number>;
  /** Returns who signed a transaction, in lower case. */
  signerOf(hash: string): Promise<string>;
  close(): void;
}

export function createChainReader(rpcUrl: string): ChainReader {
  const provider = new JsonRpcProvider(rpcUrl, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const times = new Map<number, Promise<number>>();
  const signers = new Map<string, Promise<string>>();
  return {
    close: () => provider.destroy(),
    logs: (addresses) => provider.getLogs({ address: [...addresses], fromBlock: 0, toBlock: 'latest' }),
    timeOf: (number) =>
      once(times, number, async () => ((await provider.getBlock(number))?.timestamp ?? 0) * SECOND_MS),
    signerOf: (hash) =>
      once(signers, hash, async () => (await provider.getTransaction(hash))?.from.toLowerCase() ?? ''),
  };
}

function once<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  read: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key) ?? read();
  known.set(key, found);
  return found;
}
