import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnKind, ExportTable, ExportValue } from './tables.ts';

/** Returns a table as a Parquet file: times as timestamps (UTC, ms), decimals as doubles; CSV has their every digit. */
export function toParquet({ columns, rows }: ExportTable): Uint8Array {
  const data: unknown[][] = columns.map(() => []);
  for (const row of rows())
    for (const [index, { kind }] of columns.entries())
      data[index]?.push(parquetValue(row[index] ?? null, kind));
  const columnData = columns.map(({ name, kind }, index) => ({
    name,
    type: TYPES[kind],
    data: data[index] ?? [],
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

const TYPES = {
  text: 'STRING',
  decimal: 'DOUBLE',
  number: 'DOUBLE',
  count: 'INT32',
  time: 'TIMESTAMP',
  flag: 'BOOLEAN',
} as const satisfies Record<ColumnKind, string>;

function parquetValue(value: ExportValue, kind: ColumnKind): string | number | boolean | Date | null {
  if (value === null) return null;
  if (kind === 'time') return new Date(Number(value));
  return kind === 'decimal' ? Number(value) : value;
}
