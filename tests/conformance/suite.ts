import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VenueName } from '#domain/ids.ts';
import { reasonNotTo, type ConformanceCase } from './case.ts';
import { CASES } from './cases/index.ts';
import { Trader } from './trader.ts';
import type { VenueHarness } from './harness.ts';
import { readColumn, writeColumn } from './table.ts';

const PAGE = new URL('../../docs/venues.md', import.meta.url);
/** Set by `write-table.ts`: the page is written instead of compared. */
const WRITES = process.env['CONFORMANCE_TABLE'] === 'write';

/** Runs every case against a venue's harness and expects the table of docs/venues.md to show the results. */
export function describeConformance(venue: VenueName, startHarness: () => Promise<VenueHarness>): void {
  describe(`${venue} as a venue`, () => {
    let harness: VenueHarness;
    const results = new Map<string, string>();
    beforeAll(async () => {
      harness = await startHarness();
    }, 60_000);
    afterAll(() => harness?.stop());

    test.each(CASES)('$id: $what', async (each) => {
      results.set(each.id, 'fail');
      results.set(each.id, await perform(each, harness));
      expect(results.get(each.id)).toMatch(/^(pass$|n\/a: .)/);
    });

    test('the table in docs/venues.md is what this run came to', () => {
      const page = readFileSync(PAGE, 'utf8');
      if (WRITES) writeFileSync(PAGE, writeColumn(page, CASES, venue, results));
      const shown = readColumn(readFileSync(PAGE, 'utf8'), venue);
      expect([...shown], 'write it anew with `node tests/conformance/write-table.ts`').toEqual([...results]);
    });
  });
}

async function perform(each: ConformanceCase, harness: VenueHarness): Promise<string> {
  const reason = reasonNotTo(each, harness);
  if (reason !== null) return `n/a: ${reason}`;
  await each.run(await Trader.open(harness));
  return 'pass';
}
