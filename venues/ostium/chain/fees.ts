/** What a transaction offers for its gas, in wei. */
export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Enough for the base fee to double; nodes replace a transaction only where the tip rises too, so there is one. */
const TIP = 1_000_000n;

export const firstFees = (baseFeePerGas: bigint): Fees => ({
  maxFeePerGas: 2n * baseFeePerGas + TIP,
  maxPriorityFeePerGas: TIP,
});

/** For nodes that take no transaction at the fee offered. */
export const doubled = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees => ({
  maxFeePerGas: maxFeePerGas * 2n,
  maxPriorityFeePerGas: maxPriorityFeePerGas * 2n,
});

/** Nodes replace a waiting transaction by one that offers at least a tenth more. */
export const raised = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees => ({
  maxFeePerGas: (maxFeePerGas * 5n) / 4n + 1n,
  maxPriorityFeePerGas: (maxPriorityFeePerGas * 5n) / 4n + 1n,
});
