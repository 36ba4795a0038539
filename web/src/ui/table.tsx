import type { ReactNode } from 'react';
import './table.css';

/** A column of a table: its name, and what it shows of a row. */
export interface Column<Row> {
  name: string;
  /** Read out instead of the name, where the name is short for a reader. */
  about?: string;
  /** Right-aligned, with digits below one another. */
  isNumber?: boolean;
  /** Left out where the table is narrow. */
  isMinor?: boolean;
  /** Named only to those who hear the page. */
  isNameHidden?: boolean;
  cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  /** What the rows are, for those who hear the page. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Shown instead of a table without rows. */
  empty: ReactNode;
}

/** A dense table that scrolls sideways where it does not fit. */
export function Table<Row>({ caption, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows.length === 0) return <>{empty}</>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className="only-heard">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={classOf(column)} title={column.about}>
                {column.isNameHidden ? <span className="only-heard">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.name} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const classOf = ({ isNumber, isMinor }: { isNumber?: boolean; isMinor?: boolean }): string | undefined =>
  [isNumber && 'number', isMinor && 'minor'].filter(Boolean).join(' ') || undefined;
