import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvLine } from '#domain/csv.ts';
import { InputError } from '#terminal/input-error.ts';
import type { BacktestResult } from '../result.ts';
import { exportTables, type ColumnKind, type ExportTable, type ExportValue } from './tables.ts';

export const EXPORT_FORMATS = ['csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * Writes the tables of a run as files of a folder, which is made where it is missing, and returns their paths. Each
 * file appears whole or not at all.
 */
export async function writeTables(
  result: BacktestResult,
  { folder, format }: { folder: string; format: ExportFormat },
): Promise<string[]> {
  await makeFolder(folder);
  const paths: string[] = [];
  for (const table of exportTables(result)) {
    const path = join(folder, `${table.name}.${format}`);
    await writeWhole(path, format === 'csv' ? toCsv(table) : await packed(table));
    paths.push(path);
  }
  return paths;
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new InputError(folder, null, null, writeProblem(error));
  });
}

/** The library is loaded only where a Parquet file is written. */
async function packed(table: ExportTable): Promise<Uint8Array> {
  const { toParquet } = await import('./parquet.ts');
  return toParquet(table);
}

/**
 * Writes a file beside its place and moves it there, so that nobody reads half of it. Throws {@link InputError} for a
 * place that cannot be written to.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } catch (error) {
    throw new InputError(path, null, null, writeProblem(error));
  } finally {
    await rm(draft, { force: true });
  }
}

function writeProblem(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'lies in a folder that is not there';
  return `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
}

/** Returns a table as CSV: times as ISO 8601 (UTC), decimals with every digit. */
export function toCsv({ columns, rows }: Pick<ExportTable, 'columns' | 'rows'>): string {
  const lines = [csvLine(columns.map(({ name }) => name))];
  for (const row of rows())
    lines.push(csvLine(row.map((value, index) => csvValue(value, columns[index]?.kind))));
  return lines.join('');
}

const csvValue = (value: ExportValue, kind: ColumnKind | undefined): ExportValue =>
  kind === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value;
