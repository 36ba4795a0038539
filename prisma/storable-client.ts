import { Client } from 'pg';
import { toStorable } from '#domain/storable-text.ts';

/**
 * A connection that changes every value to one that PostgreSQL can store. Venues and sources may send a text with a
 * NUL, which would make each attempt to store it fail.
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
