import type { LogDescription } from 'ethers';
import type { Books } from './rows.ts';

/** One event of the chain with its block, time and transaction. */
export interface ChainEvent {
  readonly event: LogDescription;
  readonly blockNumber: number;
  readonly timestamp: number;
  readonly transactionHash: string;
}

export type Args = LogDescription['args'];

/** The change that an event makes in the books. */
export type Change = (books: Books, args: Args, at: ChainEvent) => void;

export const ALL_PERCENT = 10_000n;

/** Returns a number of an event. */
export const toBigInt = (value: unknown): bigint => BigInt(String(value));

/** Returns an address in lower case. */
export const toAddress = (address: unknown): string => String(address).toLowerCase();

/** Returns the key of a limit order: its trader, pair and slot. */
export function limitIdOf(trader: unknown, pairIndex: unknown, index: unknown): string {
  return `${toAddress(trader)}_${String(pairIndex)}_${String(index)}`;
}
