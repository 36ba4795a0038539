import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#prisma/client.ts';
import type { BesideRun } from './beside-run.ts';
import { readRunRecord, type RunRecord, type RunScope } from './run-record.ts';
import type { Progress } from '#terminal/progress.ts';
import { timelineOf } from './timeline.ts';

/** Reads the books again and again and tells what is new in them. */
export interface Follower {
  look(): Promise<RunRecord>;
  /** Looks until `decide` returns something else than null, and returns that. */
  until<Decision>(
    decide: (books: RunRecord) => Decision | null | Promise<Decision | null>,
  ): Promise<Decision>;
}

const LOOK_EVERY_MS = 200;
/** The pause between looks grows after a while in which nothing happened. */
const QUIET_AFTER_MS = 15_000;
const LOOK_EVERY_QUIET_MS = 1_000;
/** The database may be away for a moment; after so many failed looks following ends. */
const MAX_FAILURES = 25;

export interface FollowOptions {
  scope: RunScope;
  beside: BesideRun;
  progress: Progress;
}

export function followRun(db: Database, { scope, beside, progress }: FollowOptions): Follower {
  const told = new Set<string>();
  let failures = 0;
  let newsAt = Date.now();

  async function look(): Promise<RunRecord> {
    const [books, besideLines] = await Promise.all([readRunRecord(db, scope), beside.lines()]);
    for (const line of [...timelineOf(books), ...besideLines].sort((a, b) => a.at - b.at)) {
      if (told.has(line.key)) continue;
      told.add(line.key);
      newsAt = Date.now();
      progress.happened(line);
    }
    return books;
  }

  async function lookPatiently(): Promise<RunRecord | null> {
    try {
      const books = await look();
      failures = 0;
      return books;
    } catch (error) {
      failures += 1;
      if (failures === MAX_FAILURES) throw error;
      return null;
    }
  }

  return {
    look,
    async until(decide) {
      for (;;) {
        const books = await lookPatiently();
        const decision = books && (await decide(books));
        if (decision !== null) return decision;
        await delay(Date.now() - newsAt < QUIET_AFTER_MS ? LOOK_EVERY_MS : LOOK_EVERY_QUIET_MS);
      }
    },
  };
}
