import { z } from 'zod';

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

/** A transaction as a block lists it. */
export interface ChainTransaction {
  hash: string;
  /** Lower-case address. */
  from: string;
  nonce: number;
}

export interface Block {
  number: number;
  /** Epoch ms; blocks know whole seconds only. */
  time: number;
  baseFeePerGas: bigint;
}

export const hex = z.string().regex(/^0x[0-9a-f]*$/i);
export const quantity = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(Number);
export const log = z
  .object({
    address: hex,
    topics: z.array(hex),
    data: hex,
    blockNumber: quantity,
    transactionHash: hex,
    logIndex: quantity,
  })
  .transform((each) => ({ ...each, address: each.address.toLowerCase() }));
export const receipt = z
  .object({ transactionHash: hex, blockNumber: quantity, status: quantity, logs: z.array(log) })
  .transform(({ status, ...each }): Receipt => ({ ...each, succeeded: status === 1 }))
  .nullable();
export const block = z
  .object({ number: quantity, timestamp: quantity, baseFeePerGas: hex.optional() })
  .transform(({ number, timestamp, baseFeePerGas }): Block => ({
    number,
    time: timestamp * 1000,
    baseFeePerGas: BigInt(baseFeePerGas ?? '0x0'),
  }));

export const transactions = z
  .object({
    transactions: z.array(
      z
        .object({ hash: hex, from: hex, nonce: quantity })
        .transform((each): ChainTransaction => ({ ...each, from: each.from.toLowerCase() })),
    ),
  })
  .nullable();
