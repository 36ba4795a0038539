import { expect, test } from 'vitest';
import { storiesOf, summaryOf } from '../../chaos/report.ts';
import { runSeed } from '../../chaos/run/run.ts';

const TRADES = 20;
const TIMEOUT_MS = 300_000;

/** What must hold of a run whatever went wrong in it. */
const SOUND = {
  doubledEntries: 0,
  oversizedExits: 0,
  nakedOver500ms: 0,
  loosenedStops: 0,
  unexplainedCents: 0,
  wrongBills: 0,
  foreignTouched: 0,
};

test.each([1, 2, 3])(
  'seed %d: workers die, answers are lost, people interfere, and the venues confirm our books',
  async (seed) => {
    const result = await runSeed({ seed, trades: TRADES }, () => undefined);
    expect(summaryOf(result).violations, storiesOf(result)).toEqual(SOUND);
    expect(result.kills).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
