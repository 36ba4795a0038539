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

/** Whether the error is the database refusing a second row under a unique key. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'P2002';
