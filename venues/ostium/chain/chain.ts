import { encodeBytes32String, toQuantity, type Interface, type Result } from 'ethers';
import { z } from 'zod';
import { VenueError } from '../../venue.ts';
import { REGISTRY, TRADING } from './abi.ts';
import { createBlockSearch } from './block-at.ts';
import {
  block,
  hex,
  log,
  quantity,
  receipt,
  transactions,
  type Block,
  type ChainLog,
  type ChainTransaction,
  type Receipt,
} from './chain-wire.ts';
import { createNewestBlock } from './newest-block.ts';
import type { OstiumContracts } from './options.ts';
import { RpcRefusal, type Rpc } from './rpc.ts';

export type { Block, ChainLog, Receipt } from './chain-wire.ts';

export interface LogFilter {
  address: string | readonly string[];
  topics: readonly (string | readonly string[] | null)[];
  fromBlock: number;
  toBlock?: number;
}

/**
 * Reads the chain and the venue's contracts. Answers of a node that is behind the newest block seen are dropped. Throws
 * `VenueError` (`venue_behind` when every node is behind), and {@link RpcRefusal} where a call reverts.
 */
export interface Chain {
  readonly rpc: Rpc;
  readonly chainId: number;
  readonly contracts: OstiumContracts;
  /** Returns the address of the contract that settles orders, found through the registry. */
  callbacks(): Promise<string>;
  /** Returns the newest block, which is never before one that was seen. */
  head(): Promise<number>;
  /** Reads a contract as of a block; as of the newest one when it is left out. */
  read(
    contract: Interface,
    address: string,
    method: string,
    args: readonly unknown[],
    at?: number,
  ): Promise<Result>;
  /** Runs a call without sending it. Throws {@link RpcRefusal} where it reverts. */
  simulate(call: { from: string; to: string; data: string }): Promise<void>;
  logs(filter: LogFilter): Promise<ChainLog[]>;
  /** Returns the newest log of a filter up to a block; null when there is none. */
  newestLog(filter: Omit<LogFilter, 'fromBlock'> & { toBlock: number }): Promise<ChainLog | null>;
  /** Returns the newest block that any node has. */
  highest(): Promise<number>;
  /** Returns the receipt of a transaction. Null proves nothing: a node may have the transaction and no receipt yet. */
  receipt(hash: string): Promise<Receipt | null>;
  /** Returns the receipt of a transaction from whichever node has it. */
  receiptAnywhere(hash: string): Promise<Receipt | null>;
  /** Returns the gas that a call needs now. */
  estimateGas(call: { from: string; to: string; data: string }): Promise<bigint>;
  /** Returns how many transactions an address has sent as of a block, or with those that wait to be mined. */
  sentCount(address: string, at: number | 'pending'): Promise<number>;
  /** Returns the transactions of a block, or null when the node lacks it. */
  transactionsIn(block: number): Promise<ChainTransaction[] | null>;
  /** Returns the receipt of the transaction that made a log. Throws `venue_behind` where the node lacks it. */
  receiptOfLog(log: ChainLog): Promise<Receipt>;
  block(number: number | 'latest'): Promise<Block>;
  /** Returns the newest block whose events are believed. */
  settledBlock(): Promise<number>;
  /** Returns a block before which nothing happened at or after a time in epoch ms; a minute too early at most. */
  blockAt(timeMs: number): Promise<number>;
}

/** A range of blocks that a node calls too wide is halved, down to this many blocks. */
const LEAST_RANGE = 1_000;
const TOO_WIDE = /range|limit|too many|more than|exceed|too large|timeout|timed out/i;
/** Numbers of blocks in which the newest log is looked for: hours, days and weeks on Arbitrum, then all. */
const LOOKBACKS = [50_000, 500_000, 5_000_000, Infinity];

export function createChain(options: {
  rpc: Rpc;
  chainId: number;
  contracts: OstiumContracts;
  confirmations: number;
}): Chain {
  const { rpc, contracts } = options;
  let callbacks: Promise<string> | null = null;
  const newest = createNewestBlock();

  const call = (from: string | null, to: string, data: string, at: number | 'latest'): Promise<string> =>
    rpc.call(
      hex,
      'eth_call',
      [{ ...(from !== null && { from }), to, data }, tagOf(at)],
      at === 'latest' ? newest.number : undefined,
    );

  async function head(): Promise<number> {
    const height = await rpc.height(newest.number);
    newest.saw(height);
    return height;
  }

  async function read(
    contract: Interface,
    address: string,
    method: string,
    args: readonly unknown[],
    at: number | 'latest' = 'latest',
  ) {
    const answer = await call(null, address, contract.encodeFunctionData(method, args), at);
    return decode(() => contract.decodeFunctionResult(method, answer), `${method} of ${address}`);
  }

  async function findCallbacks(): Promise<string> {
    const [registry] = await read(TRADING, contracts.trading, 'registry', []);
    const name = encodeBytes32String('callbacks');
    const [address] = await read(REGISTRY, String(registry), 'getContractAddress', [name]);
    return String(address).toLowerCase();
  }

  const readBlock = (number: number | 'latest'): Promise<Block> =>
    rpc.call(block, 'eth_getBlockByNumber', [tagOf(number), false]);

  async function readLogs(filter: LogFilter): Promise<ChainLog[]> {
    const toBlock = filter.toBlock ?? (await head());
    if (filter.fromBlock > toBlock) return [];
    const range = { fromBlock: toQuantity(Math.max(filter.fromBlock, 0)), toBlock: toQuantity(toBlock) };
    try {
      // A node that lacks the last blocks of a range leaves them out silently.
      return await rpc.call(z.array(log), 'eth_getLogs', [{ ...filter, ...range }], toBlock);
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

  const blockAt = createBlockSearch(readBlock);

  async function readReceipt(hash: string): Promise<Receipt | null> {
    const found = await rpc.call(receipt, 'eth_getTransactionReceipt', [hash]);
    if (found) newest.saw(found.blockNumber);
    return found;
  }

  return {
    rpc,
    chainId: options.chainId,
    contracts,
    head,
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
      await call(from, to, data, 'latest');
    },
    receipt: readReceipt,
    async highest() {
      for (const height of await rpc.callAll(quantity, 'eth_blockNumber', [])) newest.saw(height);
      return newest.number;
    },
    async receiptAnywhere(hash) {
      const answers = await rpc.callAll(receipt, 'eth_getTransactionReceipt', [hash]);
      const found = answers.find((each) => each !== null) ?? null;
      if (found) newest.saw(found.blockNumber);
      return found;
    },
    estimateGas: async (wanted) => BigInt(await rpc.call(hex, 'eth_estimateGas', [wanted], newest.number)),
    sentCount: (address, at) =>
      rpc.call(
        quantity,
        'eth_getTransactionCount',
        [address, at === 'pending' ? at : tagOf(at)],
        at === 'pending' ? newest.number : undefined,
      ),
    transactionsIn: async (number) =>
      (await rpc.call(transactions, 'eth_getBlockByNumber', [tagOf(number), true]))?.transactions ?? null,
    async receiptOfLog({ transactionHash }) {
      const found = await readReceipt(transactionHash);
      if (found) return found;
      const text = `the node has the log but not yet the receipt of transaction ${transactionHash}`;
      throw new VenueError('venue_behind', text, 'retry');
    },
    settledBlock: async () => (await head()) - (options.confirmations - 1),
  };
}

const tagOf = (number: number | 'latest'): string => (number === 'latest' ? number : toQuantity(number));

function decode<Value>(read: () => Value, what: string): Value {
  try {
    return read();
  } catch (cause) {
    throw new VenueError('venue_unreadable', `${what} answers in an unknown form`, 'retry', { cause });
  }
}

/** Returns the error of a read: one that the contract refuses is fatal, since it will be refused again. */
export const asVenueError = (error: unknown): unknown =>
  error instanceof RpcRefusal
    ? new VenueError('request_refused', error.message, 'fatal', { cause: error })
    : error;

/** Returns the name and arguments of an event of one contract; null for a log of another. */
export function readEvent(contract: Interface, each: ChainLog): { name: string; args: Result } | null {
  const parsed = contract.parseLog(each);
  return parsed && { name: parsed.name, args: parsed.args };
}

/** Returns the first topic of an event, for filters. Throws `TypeError` for an unknown event. */
export function topicOf(contract: Interface, event: string): string {
  const fragment = contract.getEvent(event);
  if (!fragment) throw new TypeError(`no event ${event}`);
  return fragment.topicHash;
}

/** Returns an indexed number or address as a topic. */
export const asTopic = (value: bigint | string): string =>
  `0x${(typeof value === 'bigint' ? value.toString(16) : value.toLowerCase().slice(2)).padStart(64, '0')}`;
