import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePrivateFolder } from './private-files.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'private-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('a folder and those above it are made for this user alone', () => {
  const folder = makePrivateFolder(join(root, 'a', 'b'));
  expect([join(root, 'a'), folder].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(makePrivateFolder(folder)).toBe(folder);
});

test('a folder below a file is an error', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => makePrivateFolder(join(root, 'file', 'a', 'b'))).toThrow('ENOTDIR');
});

test.skipIf(!existsSync('/proc/self'))('a folder that the system makes none in is an error, soon', () => {
  expect(() => makePrivateFolder('/proc/none/of/these')).toThrow('ENOENT');
});
