import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../main.ts', import.meta.url));
const START = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backtest-cli-'));
  const rows = Array.from({ length: 900 }, (_, minute) => {
    const [open, close] = [minute, minute + 1].map((at) => 100 + 4 * Math.sin(at / 30));
    const prices = [open, Math.max(open!, close!) + 0.1, Math.min(open!, close!) - 0.1, close];
    return [START + minute * MINUTE_MS, ...prices.map((price) => price!.toFixed(3))].join();
  });
  await writeFile(join(folder, 'btc.csv'), ['timestamp,open,high,low,close', ...rows].join('\n'));
  const calls = [5, 200, 400, 600].map((minute) =>
    JSON.stringify({
      id: `s${minute}`,
      instrument: 'BTC',
      side: 'long',
      postedAt: START + minute * MINUTE_MS,
    }),
  );
  await writeFile(join(folder, 'posts.jsonl'), calls.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command in the folder, its state folder there too, and returns what it printed. */
const signalman = (...args: string[]): Promise<{ status: number; out: string; err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, SIGNALMAN_STATE_DIR: join(folder, 'state') };
    execFile(process.execPath, [CLI, 'backtest', ...args], { cwd: folder, env }, (error, out, err) => {
      resolve({ status: error ? Number(error.code) : 0, out, err });
    });
  });

const FILES = ['--posts', 'posts.jsonl', '--prices', 'btc.csv', '--coin', 'BTC', '--again'];

test('a run is shown, written, kept, explained and compared', async () => {
  const shown = await signalman(
    ...FILES,
    '--name',
    'first',
    '--html',
    'page.html',
    '--csv',
    'tables',
    '--by',
    'hour',
  );
  expect(shown).toMatchObject({ status: 0, err: '' });
  expect(shown.out).toContain('By hour of entry');
  expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('<h1>Backtest first</h1>');
  expect(await readdir(join(folder, 'tables'))).toHaveLength(5);

  const json = await signalman(...FILES, '--name', 'second', '--fee-bps', '0', '--json');
  const second: { trades: { id: string }[]; report: { totals: { feesUsd: string } } } = JSON.parse(json.out);
  expect(second.report.totals.feesUsd).toBe('0');

  const runs: { run: { name: string } }[] = JSON.parse((await signalman('runs', '--json')).out);
  expect(runs.map(({ run }) => run.name).sort()).toEqual(['first', 'second']);
  const compared = await signalman('compare', 'first', 'second');
  expect(compared.out).toContain('costs.takerBps: 4.5 -> 0');
  const explained = await signalman(...FILES, '--explain', second.trades[0]?.id ?? '');
  expect(explained.out).toContain('The stop had followed the best price');
}, 120_000);

test('a search runs every combination and says what the best of them is worth', async () => {
  const args = [...FILES, '--vary', 'stop=1,2,3', 'trail=0.5,1', '--rank', 'net', '--json'];
  const found: { trials: { worthUsd: number }[]; warnings: string[] } = JSON.parse(
    (await signalman(...args)).out,
  );
  expect(found.trials).toHaveLength(6);
  expect(found.warnings[0]).toContain('The best of 6 trials made only');
});

test.each([
  [['--by', 'colour'], 'must be of source'],
  [['--vary', 'speed=1'], '--vary knows stop'],
  [['--explain', 'nothing'], '--explain: finds no trade'],
  [['--html', 'none/page.html'], 'lies in a folder that is not there'],
])('%j is refused in one line with status 2', async (args, line) => {
  const { status, err, out } = await signalman(...FILES, ...args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.trim().split('\n')[0]).toContain(line);
});
