/** Fees that a transaction offers for a unit of gas, in wei. */
export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Tip of a first attempt, in wei. Nodes replace a transaction only by one whose tip is higher too. */
const TIP = 1_000_000n;

/** Returns the fees of a first attempt, which suffice until the base fee has doubled. */
export const firstFees = (baseFeePerGas: bigint): Fees => ({
  maxFeePerGas: 2n * baseFeePerGas + TIP,
  maxPriorityFeePerGas: TIP,
});

/** Returns twice the fees, for nodes that took no transaction at these. */
export const doubled = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees => ({
  maxFeePerGas: maxFeePerGas * 2n,
  maxPriorityFeePerGas: maxPriorityFeePerGas * 2n,
});

/** Returns fees a quarter higher: nodes replace a waiting transaction only by one that offers a tenth more. */
export const raised = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees => ({
  maxFeePerGas: (maxFeePerGas * 5n) / 4n + 1n,
  maxPriorityFeePerGas: (maxPriorityFeePerGas * 5n) / 4n + 1n,
});
