import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { METRICS } from '#domain/metrics/definitions.ts';
import { BACKTEST_METRICS } from '../report/definitions.ts';
import { createReport } from '../report/report.ts';
import { sampleResult } from '../testing.ts';
import { renderPage } from './page/page.ts';
import { namedNumbers } from './sections.ts';
import { sparkline } from './sparkline.ts';
import { renderReport } from './terminal.ts';

const colors = picocolors.createColors(false);
const reportOf = (trades: number) => createReport(sampleResult({ trades }), { seed: 1 });

test('the page loads nothing, runs nothing, and shows what strangers wrote as text', () => {
  const page = renderPage(reportOf(300));
  const loads = page.match(/<script|<link|<img|<iframe|url\(|@import| on\w+=|javascript:|https?:| src=/gi);
  expect(loads).toBeNull();
  expect(page).toContain('x:&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
});

test('each chart of the page says in words what it shows and has its data in a table', () => {
  const page = renderPage(reportOf(300));
  const figures = page.split('<figure').slice(1);
  expect(figures.length).toBeGreaterThan(10);
  for (const figure of figures) {
    expect(figure).toMatch(/role="img" aria-label="(Line|Area|Bars|Dots): [^"]+"/);
    expect(figure).toMatch(/<details>.*<table>.*<td/s);
    expect(figure).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test('every opened tag of the page is closed', () => {
  const page = renderPage(reportOf(50));
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/g)) {
    if (rest.endsWith('/') || name === 'meta') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  expect([open, wrong]).toEqual([[], []]);
});

test.each([0, 1, 2])('a run of %i trades has a page and lines without holes', (trades) => {
  const report = reportOf(trades);
  for (const text of [renderPage(report), renderReport(report, { colors }).join('\n')])
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
});

test('every number stands with its definition', () => {
  const report = reportOf(100);
  const lines = renderReport(report, { colors, withDefinitions: true }).join('\n');
  for (const { definition, text } of namedNumbers(report)) {
    expect(lines).toContain(definition.formula);
    expect(lines).toContain(text);
  }
  const known = Object.keys({ ...METRICS, ...BACKTEST_METRICS });
  const none = ['unprotectedMs', 'shrunkImpactUsd'];
  expect(namedNumbers(report).map(({ name }) => name)).toEqual(known.filter((name) => !none.includes(name)));
});

test('the terminal tells warnings before numbers, and groups that are asked for', () => {
  const lines = renderReport(reportOf(10), { colors, groups: ['hour'] });
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  expect(at('! Only 10 closed trades')).toBeGreaterThan(0);
  expect(at('! Only 10 closed trades')).toBeLessThan(at('gross profit'));
  expect([at('By hour of entry') > 0, at('By source')]).toEqual([true, -1]);
  expect(at('What this run does not know')).toBeGreaterThan(at('Signals not traded'));
});

test('a row of values becomes blocks', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect([sparkline([]), sparkline([5, 5])]).toEqual(['', '▁▁']);
});
