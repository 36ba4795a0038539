import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readMigrations, writeMigration } from './migrations-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('migrations are read in the order of their names, and only they', () => {
  expect(writeMigration(folder, 'second', 'SELECT 2;', new Date('2026-02-03T04:05:06Z'))).toBe(
    '20260203040506_second',
  );
  writeMigration(folder, 'first', 'SELECT 1;', new Date('2026-01-01T00:00:00Z'));
  writeFileSync(join(folder, 'README.md'), 'not a migration');
  const { migrationDirectories, lockfile } = readMigrations(folder);
  expect(migrationDirectories).toEqual([
    { path: '20260101000000_first', migrationFile: script('SELECT 1;') },
    { path: '20260203040506_second', migrationFile: script('SELECT 2;') },
  ]);
  expect(lockfile.content).toContain('provider = "postgresql"');
});

test('a folder that is not there has no migrations', () => {
  expect(readMigrations(join(folder, 'none')).migrationDirectories).toEqual([]);
});

function script(sql: string) {
  return { path: 'migration.sql', content: { tag: 'ok', value: sql } };
}
