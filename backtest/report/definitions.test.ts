import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '#domain/metrics/definitions.ts';
import { describeMetrics } from '#domain/metrics/describe-metrics.ts';
import { BACKTEST_METRICS } from './definitions.ts';

test('docs/backtest.md has the list of definitions, line by line', () => {
  const lines = readFileSync(new URL('../../docs/backtest.md', import.meta.url), 'utf8').split('\n');
  const start = lines.indexOf('### Numbers of a backtest alone') + 1;
  const end = lines.findIndex((line, index) => index > start && line.startsWith('#'));
  expect(lines.slice(start, end).filter((line) => line.startsWith('- '))).toEqual(
    describeMetrics(BACKTEST_METRICS),
  );
});

test('no number of a backtest has the name of one of the system', () => {
  expect(Object.keys(BACKTEST_METRICS).filter((name) => name in METRICS)).toEqual([]);
});
