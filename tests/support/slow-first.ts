import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, the longest first. */
const SLOW = [
  'faults/chaos',
  'integration/demo',
  'faults/up-killed',
  'faults/services-killed',
  'integration/quick-start',
  'faults/venue-faults',
  'faults/armed-prices',
  'faults/armed',
  'faults/ostium-killed-together',
  'faults/killed-together',
  'integration/clients-hyperliquid-python',
  'integration/ostium-sdk',
  'integration/local-services',
];

/** Runs the longest files first: at the end, one long file would run alone. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = SLOW.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
  return place === -1 ? SLOW.length : place;
}
