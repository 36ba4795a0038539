import { Client } from 'pg';
import { toStorable } from '#domain/storable-text.ts';

/**
 * A connection that gives every value to PostgreSQL as it can hold it. Venues, sources and strangers write what they
 * like: one text with a NUL would otherwise fail the statement that books it, each time it is tried.
 */
export class StorableClient extends Client {
  // oxlint-disable-next-line typescript/no-explicit-any -- one signature for all the overloads of `Client.query`
  override query(...[first, ...rest]: any[]): any {
    const query: unknown = first;
    const hasValues = typeof query === 'object' && query !== null && 'values' in query;
    const asked =
      hasValues && Array.isArray(query.values) ? { ...query, values: storable(query.values) } : first;
    // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-type-assertion -- as above
    return (super.query as (...args: any[]) => any).call(this, asked, ...rest);
  }
}

/** Returns the values of a statement, with those replaced that the database would refuse. */
function storable(values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (typeof value === 'string') return toStorable(value);
    return Array.isArray(value) ? storable(value) : value;
  });
}
