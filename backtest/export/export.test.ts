import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { expect, onTestFinished, test } from 'vitest';
import { sampleResult } from '../testing.ts';
import { exportTables } from './tables.ts';
import { InputError } from '#terminal/input-error.ts';
import { writeTables, writeWhole } from './write-tables.ts';

const TABLES = ['equity', 'exits', 'not-traded', 'stop-moves', 'trades'];

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backtest-export-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('CSV has every trade with every digit, and no text that a spreadsheet runs', async () => {
  const folder = await scratch();
  const result = sampleResult({ trades: 40 });
  await writeTables(result, { folder: join(folder, 'deep'), format: 'csv' });
  expect((await readdir(join(folder, 'deep'))).sort()).toEqual(TABLES.map((name) => `${name}.csv`));
  const [head = '', ...lines] = (await readFile(join(folder, 'deep', 'trades.csv'), 'utf8'))
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(41);
  expect(head.split(',')).toHaveLength(34);
  for (const trade of result.trades) {
    const line = lines.find((each) => each.startsWith(`${trade.id},`));
    expect(line).toContain(`,${trade.netUsd},`);
    expect(line).toContain(new Date(trade.enteredAt).toISOString());
  }
  expect(lines.join('\n')).toContain(`"'=cmd|""<b>"`);
});

test('Parquet is read back by another library as it was written', async () => {
  const folder = await scratch();
  const result = sampleResult({ trades: 40 });
  await writeTables(result, { folder, format: 'parquet' });
  for (const table of exportTables(result)) {
    const bytes = await readFile(join(folder, `${table.name}.parquet`));
    const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
    const written = [...table.rows()].map((row) =>
      Object.fromEntries(
        table.columns.map(({ name, kind }, index) => [name, expected(row[index] ?? null, kind)]),
      ),
    );
    expect(rows).toEqual(written);
  }
});

const expected = (value: string | number | boolean | null, kind: string): unknown => {
  if (value === null) return null;
  if (kind === 'time') return new Date(Number(value));
  return kind === 'decimal' ? Number(value) : value;
};

test('a run without trades has the same files, with their heads', async () => {
  const folder = await scratch();
  for (const format of ['csv', 'parquet'] as const)
    await writeTables(sampleResult({ trades: 0 }), { folder, format });
  expect((await readdir(folder)).sort()).toEqual(
    TABLES.flatMap((name) => [`${name}.csv`, `${name}.parquet`]),
  );
});

test('a place that cannot be written to is told in one line, and nothing is left there', async () => {
  const folder = await scratch();
  await writeWhole(join(folder, 'file'), 'x');
  const result = sampleResult({ trades: 2 });
  for (const place of [join(folder, 'file'), join(folder, 'file', 'deeper')])
    await expect(writeTables(result, { folder: place, format: 'csv' })).rejects.toThrow(InputError);
  await expect(writeWhole(join(folder, 'none', 'page.html'), 'x')).rejects.toThrow(InputError);
  expect(await readdir(folder)).toEqual(['file']);
});
