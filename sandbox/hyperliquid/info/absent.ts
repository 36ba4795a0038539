/** What an account is told about the parts of the venue that are not here: it has no vault, TWAP, stake or co-signer. */
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
