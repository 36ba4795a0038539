/** Most by which a venue's clock and ours are taken to differ, in ms: fills are asked for from that long before on. */
export const CLOCK_SKEW_MS = 60_000;

/** A venue that tells times in whole seconds, as a chain's blocks do, tells them too early by up to this much, in ms. */
export const WHOLE_SECOND_MS = 999;
