/** How often a watcher does what, in ms, and how much at a time. */
export const PACE = {
  changesPollMs: 250,
  housekeepingMs: 250,
  barFlushMs: 1_000,
  tellAgainMs: 1_000,
  catchUpMs: 1_000,
  fillsPollMs: 30_000,
  /** The next one of the accounts whose fills the venue does not stream is asked at this interval. */
  unstreamedFillsPollMs: 3_000,
  checkpointMs: 600_000,
  /** Closing orders on their way at once: more would only wait for a connection to the database. */
  exitsAtOnce: 12,
} as const;
