import { Context } from '@temporalio/activity';

/** Often enough that a missing beat means a dead process, for heartbeat time-outs of a few seconds. */
const BEAT_MS = 1_000;

/** Runs an activity that beats while it works, so that another worker takes over soon when its process dies. */
export async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
