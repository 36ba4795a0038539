import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearLeftovers } from './leftovers.ts';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'signalman-leftovers-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function writePidFile(pid: number): void {
  writeFileSync(
    join(data, 'postmaster.pid'),
    `${pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n 12 34\nready\n`,
  );
}

const expected = (): string => `${process.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n 12 34\nready\n`;

test('no pid file, nothing to do', async () => {
  await clearLeftovers(data, () => {});
  expect(readdirSync(data)).toEqual([]);
});

test('a pid that now belongs to another program is left alone, and the rest of the file kept', async () => {
  writePidFile(process.ppid);
  await clearLeftovers(data, () => {});
  expect(readFileSync(join(data, 'postmaster.pid'), 'utf8')).toBe(expected());
});

test('a server that still runs on the data is stopped', async () => {
  const args = ['-e', "console.log('up'); setInterval(() => {}, 1000)", '--', '-D', data, '-p', '1'];
  const orphan = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(orphan, 'exit');
  await once(orphan.stdout, 'data');
  writePidFile(orphan.pid ?? 0);
  const log: string[] = [];
  await clearLeftovers(data, (line) => log.push(line));
  expect(await exited).toEqual([null, 'SIGINT']);
  expect(log).toEqual([`stopping Postgres (pid ${orphan.pid}) that an earlier run left behind`]);
});
