import { doublingPause } from '#domain/doubling-pause.ts';
import type { Database } from '#prisma/client.ts';
import { deferMessage, type SourceMessageRow } from '#prisma/repositories/source-messages.ts';

/** A message that no step succeeds with is tried so often, over about nine minutes, and then set aside with the reason. */
export const MAX_TRIES = 10;
const PAUSE = { firstMs: 5_000, longestMs: 120_000 };

/** How long a message rests after so many failures: not at all after the first, then ever longer. */
export const pauseAfter = (failures: number): number =>
  failures <= 1 ? 0 : doublingPause(PAUSE, failures - 2);

/** Notes one more failure. False when it was the last try: the caller sets the message aside. */
export async function isWorthAnotherTry(
  db: Database,
  { id, tries }: Pick<SourceMessageRow, 'id' | 'tries'>,
  now: number,
): Promise<boolean> {
  const failures = tries + 1;
  if (failures >= MAX_TRIES) return false;
  await deferMessage(db, id, { tries: failures, retryAt: now + pauseAfter(failures) });
  return true;
}
