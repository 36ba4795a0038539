import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { createOutput, duration, paintPnl, renderTable, shortId, shown, signedUsd } from './output.ts';

const PLAIN = picocolors.createColors(false);
const COLORED = picocolors.createColors(true);

test('columns are as wide as their widest cell, numbers stand right', () => {
  const rows = [
    { name: 'BTC', price: '50000' },
    { name: 'EUR-USD', price: '1.1' },
  ];
  const columns = [
    { title: 'NAME', cell: (row: { name: string }) => row.name },
    { title: 'PRICE', cell: (row: { price: string }) => row.price, align: 'right' as const },
  ];
  expect(renderTable<{ name: string; price: string }>(columns, rows, PLAIN)).toEqual([
    'NAME     PRICE',
    'BTC      50000',
    'EUR-USD    1.1',
  ]);
});

test('colour codes do not move columns', () => {
  const rows = [{ pnl: '-1.5' }, { pnl: '12' }];
  const lines = renderTable(
    [
      {
        title: 'PNL',
        cell: (row: { pnl: string }) => signedUsd(row.pnl),
        align: 'right',
        paint: (text, row) => paintPnl(COLORED, text, row.pnl),
      },
    ],
    rows,
    COLORED,
  );
  expect(lines.slice(1)).toEqual([COLORED.red(' -1.50'), COLORED.green('+12.00')]);
});

const painted = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
  createOutput({ isTTY, write: () => true }, env).colors.red('x');

test('colours only on a terminal, and not under NO_COLOR', () => {
  expect(painted(true, {})).not.toBe('x');
  expect(painted(false, {})).toBe('x');
  expect(painted(true, { NO_COLOR: '1' })).toBe('x');
});

test('names and numbers for people', () => {
  expect(shortId('01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57')).toBe('4c8e0b57');
  expect([duration(820), duration(65_000), duration(3_900_000), duration(90_000_000)]).toEqual([
    '0.8s',
    '1m 5s',
    '1h 5m',
    '1d 1h',
  ]);
  expect([signedUsd('0.005'), signedUsd('-3'), signedUsd(null)]).toEqual(['+0.01', '-3.00', '-']);
});

test('a stranger’s text steers no terminal; styles of commands stay', () => {
  expect(shown('a\u001B[2J\u001B]0;x\u0007\u009B31m\u202Eb\r\tc')).toBe(
    String.raw`a\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b\u{d}\u{9}c`,
  );
  expect(shown('\u001B[8mhidden')).toBe(String.raw`\u{1b}[8mhidden`);
  const styled = `${COLORED.bold('a')} ${COLORED.dim('b')} ${COLORED.red('c')}\nd`;
  expect(shown(styled)).toBe(styled);
});

test('JSON has no control character, and the value that was given', () => {
  let written = '';
  const value = { text: 'a\u001B[2J\u009B\u202E\n' };
  createOutput({ write: (text) => void (written += text) }, {}).json(value);
  for (const character of ['\u001B', '\u009B', '\u202E']) expect(written).not.toContain(character);
  expect(JSON.parse(written)).toEqual(value);
});
