import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sampleResult } from '../testing.ts';
import { openRunFolder, RunNotFound } from './run-folder.ts';

async function scratchRuns() {
  const folder = await mkdtemp(join(tmpdir(), 'backtest-runs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { folder: join(folder, 'backtests'), runs: openRunFolder(join(folder, 'backtests')) };
}

const named = (id: string, name: string | null, ranAt = 1) => {
  const result = sampleResult({ trades: 20 });
  return { ...result, run: { ...result.run, id, name, ranAt } };
};

test('a kept run is read back whole, by its name, its id or the beginning of it', async () => {
  const { runs } = await scratchRuns();
  expect(await runs.list()).toEqual([]);
  const result = named('abc123', 'first');
  await runs.save(result);
  await runs.save(named('abd456', null, 2));
  for (const name of ['first', 'abc123', 'abc']) expect(await runs.read(name)).toEqual(result);
  await expect(runs.read('ab')).rejects.toThrow('more than one kept run begins with "ab"');
  await expect(runs.read('other')).rejects.toThrow(RunNotFound);
  expect((await runs.list()).map(({ run }) => run.id)).toEqual(['abd456', 'abc123']);
});

test('a run that is run again is kept once, and a name belongs to the newest run that was given it', async () => {
  const { runs, folder } = await scratchRuns();
  await runs.save(named('aaa', 'mine', 1));
  await runs.save(named('aaa', 'mine', 2));
  await runs.save(named('bbb', 'mine', 3));
  expect((await runs.list()).map(({ run }) => [run.id, run.name])).toEqual([
    ['bbb', 'mine'],
    ['aaa', null],
  ]);
  expect((await runs.read('aaa')).run.name).toBeNull();
  await runs.save(named('bbb', null, 4));
  expect((await runs.read('bbb')).run.name).toBe('mine');
  await runs.remove('mine');
  expect((await readdir(folder)).sort()).toEqual(['aaa.result.json.gz', 'aaa.run.json']);
});

test('a file that is no run hides no other', async () => {
  const { runs, folder } = await scratchRuns();
  await runs.save(named('aaa', null));
  await writeFile(join(folder, 'broken.run.json'), '{"run":');
  await writeFile(join(folder, 'empty.run.json'), '{}');
  expect(await runs.list()).toHaveLength(1);
});
