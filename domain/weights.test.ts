import { expect, test } from 'vitest';
import { SOURCE_KINDS } from './statuses.ts';
import { inputWeights, isWeighed, WEIGHED, WEIGHED_NAMES, weighedAs, weightOf } from './weights.ts';

test('there are eight weights, and each counts in full unless an agent says otherwise', () => {
  expect(WEIGHED_NAMES).toEqual(Object.keys(WEIGHED));
  expect(WEIGHED_NAMES).toHaveLength(8);
  expect(WEIGHED_NAMES.map((name) => weightOf({}, name))).toEqual(Array.from({ length: 8 }, () => 100));
  expect(weightOf({ x: 0 }, 'x')).toBe(0);
  expect(inputWeights({ social: 25 })).toEqual({ indicators: 100, social: 25 });
});

test('each kind of source is weighed, feeds as institutes', () => {
  for (const kind of SOURCE_KINDS) expect(isWeighed(weighedAs(kind))).toBe(true);
  expect(weighedAs('rss')).toBe('institutes');
  expect(isWeighed('toString')).toBe(false);
});
