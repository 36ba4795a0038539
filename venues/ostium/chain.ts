import { encodeBytes32String, toQuantity, type Interface, type Result } from 'ethers';
import { z } from 'zod';
import { VenueError } from '../venue.ts';
import { REGISTRY, TRADING } from './abi.ts';
import type { OstiumContracts } from './options.ts';
import { RpcRefusal, type Rpc } from './rpc.ts';

/** An event as a node reports it. */
export interface ChainLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: number;
  transactionHash: string;
  logIndex: number;
}

export interface Receipt {
  transactionHash: string;
  blockNumber: number;
  succeeded: boolean;
  logs: ChainLog[];
}

export interface Block {
  number: number;
  /** Epoch ms; blocks know whole seconds only. */
  time: number;
  baseFeePerGas: bigint;
}

export interface LogFilter {
  address: string | readonly string[];
  topics: readonly (string | readonly string[] | null)[];
  fromBlock: number;
  toBlock?: number;
}

/** Reading the chain and the venue's contracts. Throws `VenueError`, and {@link RpcRefusal} where a call reverts. */
export interface Chain {
  readonly rpc: Rpc;
  readonly chainId: number;
  readonly contracts: OstiumContracts;
  /** The contract that settles orders, found through the registry. */
  callbacks(): Promise<string>;
  read(contract: Interface, address: string, method: string, args: readonly unknown[]): Promise<Result>;
  /** Runs a call without sending it; a revert throws. */
  simulate(call: { from: string; to: string; data: string }): Promise<void>;
  logs(filter: LogFilter): Promise<ChainLog[]>;
  /** The newest log of a filter up to a block, looked for further and further back; null when there never was one. */
  newestLog(filter: Omit<LogFilter, 'fromBlock'> & { toBlock: number }): Promise<ChainLog | null>;
  receipt(hash: string): Promise<Receipt | null>;
  /** Of the transaction that made a log. Throws `venue_behind` where the node does not have it yet. */
  receiptOfLog(log: ChainLog): Promise<Receipt>;
  block(number: number | 'latest'): Promise<Block>;
  /** The newest block whose events are believed. */
  settledBlock(): Promise<number>;
  /** A block from which on nothing is missed that happened at or after a time; by a minute too early at most. */
  blockAt(timeMs: number): Promise<number>;
}

const hex = z.string().regex(/^0x[0-9a-f]*$/i);
const quantity = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(Number);
const log = z
  .object({
    address: hex,
    topics: z.array(hex),
    data: hex,
    blockNumber: quantity,
    transactionHash: hex,
    logIndex: quantity,
  })
  .transform((each) => ({ ...each, address: each.address.toLowerCase() }));
const receipt = z
  .object({ transactionHash: hex, blockNumber: quantity, status: quantity, logs: z.array(log) })
  .transform(({ status, ...each }): Receipt => ({ ...each, succeeded: status === 1 }))
  .nullable();
const block = z
  .object({ number: quantity, timestamp: quantity, baseFeePerGas: hex.optional() })
  .transform(({ number, timestamp, baseFeePerGas }): Block => ({
    number,
    time: timestamp * 1000,
    baseFeePerGas: BigInt(baseFeePerGas ?? '0x0'),
  }));

/** Nodes refuse too wide a range in many words; ranges are halved down to this many blocks. */
const LEAST_RANGE = 1_000;
const TOO_WIDE = /range|limit|too many|more than|exceed|too large|timeout|timed out/i;
/** How far back the newest log is looked for: hours, days, weeks of Arbitrum's blocks, and then all there are. */
const LOOKBACKS = [50_000, 500_000, 5_000_000, Infinity];
const MINUTE_MS = 60_000;
/** Minutes whose blocks are remembered. */
const MAX_MINUTES = 1_000;

export function createChain(options: {
  rpc: Rpc;
  chainId: number;
  contracts: OstiumContracts;
  confirmations: number;
}): Chain {
  const { rpc, contracts } = options;
  let callbacks: Promise<string> | null = null;

  const call = (from: string | null, to: string, data: string): Promise<string> =>
    rpc.call(hex, 'eth_call', [{ ...(from !== null && { from }), to, data }, 'latest']);

  async function read(contract: Interface, address: string, method: string, args: readonly unknown[]) {
    const answer = await call(null, address, contract.encodeFunctionData(method, args));
    return decode(() => contract.decodeFunctionResult(method, answer), `${method} of ${address}`);
  }

  async function findCallbacks(): Promise<string> {
    const [registry] = await read(TRADING, contracts.trading, 'registry', []);
    const name = encodeBytes32String('callbacks');
    const [address] = await read(REGISTRY, String(registry), 'getContractAddress', [name]);
    return String(address).toLowerCase();
  }

  const readBlock = (number: number | 'latest'): Promise<Block> =>
    rpc.call(block, 'eth_getBlockByNumber', [number === 'latest' ? number : toQuantity(number), false]);

  async function readLogs(filter: LogFilter): Promise<ChainLog[]> {
    const toBlock = filter.toBlock ?? (await readBlock('latest')).number;
    if (filter.fromBlock > toBlock) return [];
    const range = { fromBlock: toQuantity(Math.max(filter.fromBlock, 0)), toBlock: toQuantity(toBlock) };
    try {
      return await rpc.call(z.array(log), 'eth_getLogs', [{ ...filter, ...range }]);
    } catch (error) {
      const middle = Math.floor((filter.fromBlock + toBlock) / 2);
      const isTooWide = error instanceof RpcRefusal && TOO_WIDE.test(error.message);
      if (!isTooWide || toBlock - filter.fromBlock < LEAST_RANGE) throw asVenueError(error);
      const older = await readLogs({ ...filter, toBlock: middle });
      return [...older, ...(await readLogs({ ...filter, fromBlock: middle + 1, toBlock }))];
    }
  }

  async function newestLog(filter: Omit<LogFilter, 'fromBlock'> & { toBlock: number }) {
    for (const lookback of LOOKBACKS) {
      const fromBlock = Math.max(0, filter.toBlock - lookback);
      // oxlint-disable-next-line no-await-in-loop -- further back only where there was none
      const found = (await readLogs({ ...filter, fromBlock })).at(-1);
      if (found || fromBlock === 0) return found ?? null;
    }
    return null;
  }

  const minutes = new Map<number, number>();
  async function blockAt(timeMs: number): Promise<number> {
    const minute = Math.max(0, Math.floor(timeMs / MINUTE_MS));
    const known = minutes.get(minute);
    if (known !== undefined) return known;
    const found = await searchBlock(readBlock, minute * MINUTE_MS);
    if (minutes.size >= MAX_MINUTES) minutes.clear();
    // A minute that is not over yet may begin with a block that is still to come.
    if ((minute + 1) * MINUTE_MS < Date.now()) minutes.set(minute, found);
    return found;
  }

  const readReceipt = (hash: string): Promise<Receipt | null> =>
    rpc.call(receipt, 'eth_getTransactionReceipt', [hash]);

  return {
    rpc,
    chainId: options.chainId,
    contracts,
    read,
    logs: readLogs,
    newestLog,
    blockAt,
    block: readBlock,
    callbacks: () =>
      (callbacks ??= findCallbacks().catch((error: unknown) => {
        callbacks = null;
        throw asVenueError(error);
      })),
    async simulate({ from, to, data }) {
      await call(from, to, data);
    },
    receipt: readReceipt,
    async receiptOfLog({ transactionHash }) {
      const found = await readReceipt(transactionHash);
      if (found) return found;
      const text = `the node has the log but not yet the receipt of transaction ${transactionHash}`;
      throw new VenueError('venue_behind', text, 'retry');
    },
    settledBlock: async () => (await readBlock('latest')).number - (options.confirmations - 1),
  };
}

/** The first block at or after a time. Halves the range until it holds one block. Blocks of the last minutes are found first, being asked for most. */
async function searchBlock(readBlock: Chain['block'], timeMs: number): Promise<number> {
  const newest = await readBlock('latest');
  let [low, high] = [0, newest.number + 1];
  for (let step = 1_024; newest.number - step > 0; step *= 8) {
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    if ((await readBlock(newest.number - step)).time < timeMs) {
      low = newest.number - step;
      break;
    }
    high = newest.number - step;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const { time } = middle === newest.number + 1 ? { time: Infinity } : await readBlock(middle);
    if (time < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function decode<Value>(read: () => Value, what: string): Value {
  try {
    return read();
  } catch (cause) {
    throw new VenueError('venue_unreadable', `${what} answers in an unknown form`, 'retry', { cause });
  }
}

/** A read that the contract itself refuses will be refused again. */
export const asVenueError = (error: unknown): unknown =>
  error instanceof RpcRefusal
    ? new VenueError('request_refused', error.message, 'fatal', { cause: error })
    : error;

/** An event of one contract, read by name; null when the log is something else. */
export function readEvent(contract: Interface, each: ChainLog): { name: string; args: Result } | null {
  const parsed = contract.parseLog(each);
  return parsed && { name: parsed.name, args: parsed.args };
}

/** The first topic of an event, for filters. */
export function topicOf(contract: Interface, event: string): string {
  const fragment = contract.getEvent(event);
  if (!fragment) throw new TypeError(`no event ${event}`);
  return fragment.topicHash;
}

/** An indexed number or address as a topic. */
export const asTopic = (value: bigint | string): string =>
  `0x${(typeof value === 'bigint' ? value.toString(16) : value.toLowerCase().slice(2)).padStart(64, '0')}`;
