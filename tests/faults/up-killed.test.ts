import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRandom, type Random } from '../../chaos/random.ts';
import { findProcesses } from '#process/identity.ts';
import { allEnded, processesOf, startUp, type RunningUp } from '#tests/support/running-up.ts';
import { until } from '#tests/support/trading-system.ts';
import {
  closeTrades,
  deployUnder,
  everythingServes,
  expectRight,
  openTrades,
} from '#tests/support/up-trades.ts';

/** Every part once per round: `SIGNALMAN_KILL_ROUNDS=10` for ten times each. */
const ROUNDS = Number(process.env['SIGNALMAN_KILL_ROUNDS'] ?? 1);
const SEED = Number(process.env['SIGNALMAN_KILL_SEED'] ?? 1);
const PARTS = ['postgres', 'temporal', 'api', 'worker', 'sandbox', 'ostium', 'signalman'] as const;
type Part = (typeof PARTS)[number];
const WITHIN_MS = 120_000;

let folder: string;
let up: RunningUp;

// A try of its own for each: what a failed one left must not fail the next.
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-up-'));
  up = await startUp(join(folder, 'state'), ['--sandbox']);
});
afterEach(async () => {
  up?.interrupt();
  await up?.ended;
  rmSync(folder, { recursive: true, force: true });
});

/** Kills a part and, unless the next one is to die before that, waits until it serves again. */
async function kill(part: Part, isAwaited: boolean): Promise<void> {
  const before = up.run();
  if (part === 'signalman') {
    process.kill(before.supervisor.pid, 'SIGKILL');
    await up.ended;
    await allEnded(processesOf(before));
    up = await startUp(join(folder, 'state'), ['--sandbox']);
    return;
  }
  const pidOf = () => ({ ...up.run().services, ...up.run().roles })[part]?.pid;
  const pid = pidOf();
  if (pid === undefined) throw new Error(`${part} does not run`);
  process.kill(pid, 'SIGKILL');
  if (isAwaited) await until(`${part} to serve again`, async () => pidOf() !== pid, WITHIN_MS);
}

test(
  'every part killed in random order under open trades: all end right, the ledger matches, nothing is left running',
  async () => {
    const random = createRandom(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      await everythingServes(up);
      const deployment = await deployUnder(up, `killed ${round}`);
      await openTrades(up, deployment);
      for (const part of shuffled(random)) await kill(part, random.chance(0.7));
      await closeTrades(up);
      await expectRight(up, deployment);
    }
    const processes = processesOf(up.run());
    up.interrupt();
    expect(await up.ended).toBe(0);
    await allEnded(processes);
    expect(findProcesses(folder)).toEqual([]);
  },
  600_000 * ROUNDS,
);

function shuffled({ whole }: Random): Part[] {
  const parts: Part[] = [...PARTS];
  for (let last = parts.length - 1; last > 0; last -= 1) {
    const other = whole(0, last);
    [parts[last], parts[other]] = [parts[other]!, parts[last]!];
  }
  return parts;
}
