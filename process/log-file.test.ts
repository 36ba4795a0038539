import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endOf, rotateLog, tailOf, withLogFile } from './log-file.ts';

function logFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'worker.log');
}

test('a log that has grown is kept once and emptied under the process that writes it', () => {
  const file = logFile();
  withLogFile(file, (descriptor) => {
    writeSync(descriptor, 'first\n');
    rotateLog(file, 5);
    writeSync(descriptor, 'second\n');
    rotateLog(file, 5);
    writeSync(descriptor, 'third\n');
    rotateLog(file, 6);
  });
  expect(readFileSync(file, 'utf8')).toBe('third\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('second\n');
});

test('the tail of a log is its last lines since a place, or all of them after it was emptied', () => {
  const file = logFile();
  expect(tailOf(file)).toBe('');
  withLogFile(file, (descriptor) => {
    writeSync(descriptor, 'one\ntwo\n');
    const end = endOf(file);
    writeSync(descriptor, 'three\nfour\n');
    expect(tailOf(file, end)).toBe('three\nfour');
    expect(tailOf(file, 0, 2)).toBe('three\nfour');
    rotateLog(file, 1);
    writeSync(descriptor, 'five\n');
    expect(tailOf(file, end + 11)).toBe('five');
  });
});
