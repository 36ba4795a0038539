import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { keepState, restoreState } from './state-copy.ts';

let file: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-chain-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  file = join(folder, 'chain.json');
});

test('a state that was cut off is replaced by the last whole one', async () => {
  writeFileSync(file, '{"block":1}');
  const copy = keepState(file);
  await vi.waitUntil(() => existsSync(`${file}.kept`), 20_000);
  copy.stop();
  writeFileSync(file, '{"block":2,"acc');
  expect(await restoreState(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('{"block":1}');
});

test('a whole state stays as it is, and one that never was whole is begun anew', async () => {
  expect(await restoreState(file)).toBe(false);
  writeFileSync(file, '{"block":3}');
  expect(await restoreState(file)).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe('{"block":3}');
  writeFileSync(file, '{"blo');
  expect(await restoreState(file)).toBe(false);
  expect(existsSync(file)).toBe(false);
});
