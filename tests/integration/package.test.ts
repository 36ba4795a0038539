import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DemoReport } from '#demo/report.ts';
import { openStateDir } from '#local/state-dir.ts';
import { allEnded, processesOf } from '#tests/support/running-up.ts';
import { until } from '#tests/support/trading-system.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITHIN_MS = 240_000;
/** Four hundred packages, maybe from the network. */
const INSTALLED_WITHIN_MS = 600_000;

let folder: string;
/** Where the package is installed: a folder with a space in its name. */
let home: string;
let tarball: string;
const children: ChildProcess[] = [];

const env = (): NodeJS.ProcessEnv => ({
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  HOME: process.env['HOME'],
});
const signalman = (): string => join(home, 'node_modules', '.bin', 'signalman');
const packaged = (): string => join(home, 'node_modules', 'signalman');
const filesOf = (path: string): string[] =>
  globSync('**/*', { cwd: path })
    .filter((file) => statSync(join(path, file)).isFile())
    .toSorted();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-package-'));
  home = join(folder, 'a folder');
  mkdirSync(home);
  const packing = ['pack', '--silent', '--pack-destination', folder];
  const packed = await run('npm', packing, { cwd: ROOT, env: env() });
  // What the build says comes before the name.
  tarball = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '');
  await run('npm', ['init', '--yes'], { cwd: home, env: env() });
  const installing = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball];
  await run('npm', installing, { cwd: home, env: env() });
}, INSTALLED_WITHIN_MS);
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('the package has no sources of ours with types, no tests, and no path of the machine that built it', () => {
  const files = filesOf(packaged());
  expect(files).toContain('dist/cli/main.js');
  expect(files.filter((file) => /\.ts$|\.test\.|^dist\/(tests|bench|chaos)\//.test(file))).toEqual([]);
  const naming = files.filter((file) => readFileSync(join(packaged(), file)).includes(ROOT));
  expect(naming).toEqual([]);
});

test(
  'an installed package runs the whole system, and writes nothing into its own folder',
  async () => {
    const before = filesOf(packaged());
    const child = spawn(signalman(), ['up', '--sandbox'], { cwd: home, env: env(), stdio: 'pipe' });
    children.push(child);
    let told = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (told += String(text)));
    const ended = once(child, 'exit');
    const state = openStateDir(join(home, '.signalman'));
    const record = await until(
      'everything to run',
      async () => {
        if (child.exitCode !== null) throw new Error(`up has ended: ${told}`);
        return told.includes('everything runs') && state.currentRun();
      },
      WITHIN_MS,
    );
    const doctor = await run(signalman(), ['doctor', '--json'], { cwd: home, env: env() });
    expect(JSON.parse(doctor.stdout)).toMatchObject({ healthy: true });
    child.kill('SIGINT');
    await ended;
    await allEnded(processesOf(record));
    expect(filesOf(packaged())).toEqual(before);
  },
  WITHIN_MS,
);

test(
  'an installed package trades the posts of the demo',
  async () => {
    const demo = await run(signalman(), ['demo', '--once', '--json', '--for', '20'], {
      cwd: home,
      env: env(),
    });
    const report: DemoReport = JSON.parse(demo.stdout);
    expect(report.trades.length).toBeGreaterThan(0);
    expect(report.problems).toEqual([]);
  },
  WITHIN_MS,
);
