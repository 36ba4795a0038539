import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startUp, type RunningUp } from '#tests/support/running-up.ts';
import { mountSmallDisk } from '#tests/support/small-disk.ts';
import { until } from '#tests/support/trading-system.ts';
import {
  closeTrades,
  deployUnder,
  everythingServes,
  expectRight,
  openTrades,
} from '#tests/support/up-trades.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));
const PARTS = ['worker', 'sandbox', 'ostium', 'api', 'postgres', 'temporal'];

/** Null where no file system may be mounted, as without root: then nothing is tested here. */
const disk = mountSmallDisk(400);
const stateDir = join(disk?.path ?? '', 'state');
let up: RunningUp | undefined;

beforeAll(async () => {
  if (disk) up = await startUp(stateDir, ['--sandbox']);
});
afterAll(async () => {
  up?.interrupt();
  await up?.ended;
  disk?.unmount();
});

/** What a command prints in the state folder. */
const signalman = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SIGNALMAN_STATE_DIR: stateDir };
    execFile(process.execPath, [SIGNALMAN, ...args], { env, timeout: 60_000 }, (_error, out, err) =>
      resolve(out + err),
    );
  });

test.skipIf(disk === null)(
  'on a full disk everything waits for room, also what dies there, and goes on with nothing lost',
  async () => {
    if (!disk || !up) throw new Error('nothing is mounted');
    const deployment = await deployUnder(up, 'full');
    await openTrades(up, deployment);
    await until('a copy of the chain', async () => existsSync(join(stateDir, 'ostium', 'chain.json.kept')));
    disk.fill();
    await until('a word about it', async () => up?.told().includes('is full: make room'));
    for (const part of PARTS) await killOn(up, part);
    expect(await signalman('doctor')).toContain(`${stateDir} is on a full disk: 0 MiB are left`);
    expect(await signalman('status')).toMatch(/down: .*worker/);
    expect(await signalman('up')).toContain('its disk is full: 0 MiB are left');
    disk.makeRoom();
    await everythingServes(up);
    expect(up.told()).toContain('there is room again');
    await closeTrades(up);
    await expectRight(up, deployment);
    up.interrupt();
    expect(await up.ended).toBe(0);
  },
  300_000,
);

/** Kills a part and waits until it is said to wait for room. */
async function killOn({ run, told }: RunningUp, part: string): Promise<void> {
  const pid = { ...run().services, ...run().roles }[part]?.pid;
  if (pid === undefined) throw new Error(`${part} does not run`);
  process.kill(pid, 'SIGKILL');
  await until(`${part} to wait`, async () =>
    new RegExp(`${part} +was ended by SIGKILL; the disk is full`).test(told()),
  );
}
