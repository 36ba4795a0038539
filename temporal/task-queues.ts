/** One queue per role, so that a burst in one never starves another. */
export const TASK_QUEUES = {
  /** Trade lifecycles and everything that sends orders. */
  trading: 'trading',
  /** Price watchers: few, long activities. */
  watch: 'watch',
  /** Messages on their way to signals, and scheduled jobs. */
  pipeline: 'pipeline',
} as const;

export type TaskQueue = keyof typeof TASK_QUEUES;
