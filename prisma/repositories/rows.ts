import { randomBytes } from 'node:crypto';
import type { Amount, DecimalString } from '#domain/money.ts';

/** A decimal column. Prisma carries its own copy of decimal.js, so values cross as strings. */
interface DecimalColumn {
  toFixed(): string;
}

/** A decimal column as a plain decimal string. */
export const text = (value: DecimalColumn): DecimalString => value.toFixed();
export const textOrNull = (value: DecimalColumn | null): DecimalString | null =>
  value === null ? null : text(value);
/** A timestamp column as epoch milliseconds. */
export const ms = (value: Date): number => value.getTime();
export const msOrNull = (value: Date | null): number | null => (value === null ? null : ms(value));
/** An amount for a decimal column. */
export const column = (value: Amount): string => value.toFixed();

/** Returns whether the database refused a second row under a unique key. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2002';

/** The unique index that a statement of our own ran into; null for any other error. */
export function violatedIndex(error: unknown): string | null {
  const words =
    error instanceof Error ? `${error.message} ${JSON.stringify('meta' in error ? error.meta : '')}` : '';
  return /duplicate key value violates unique constraint \\*"(\w+)/.exec(words)?.[1] ?? null;
}

/** A UUID of version 7, as the schema's defaults make them, for rows written by a statement of our own. */
export function timeOrderedId(nowMs: number): string {
  const hex = nowMs.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const variant = (8 + (Number.parseInt(hex.charAt(16), 16) & 3)).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `7${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ];
  return parts.join('-');
}
