/** Weights of reads. Source: official documentation, "rate limits", "info endpoint". */
export const WEIGHT = { cheap: 2, usual: 20 } as const;

/** Weight of one look at the fills of an account while there are few. */
export const FILLS_WEIGHT = WEIGHT.usual;
