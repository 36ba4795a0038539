/** Empty answers about parts of the venue that the sandbox lacks: vaults, TWAP orders, stakes and co-signers. */
export const ABSENT: Readonly<Record<string, () => unknown>> = {
  userVaultEquities: () => [],
  userTwapSliceFills: () => [],
  userToMultiSigSigners: () => null,
  delegations: () => [],
  delegatorRewards: () => [],
  delegatorHistory: () => [],
  delegatorSummary: () => ({
    delegated: '0.0',
    undelegated: '0.0',
    totalPendingWithdrawal: '0.0',
    nPendingWithdrawals: 0,
  }),
};
