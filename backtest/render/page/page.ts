import { escapeHtml } from '#domain/escape-html.ts';
import { unitText } from '#terminal/metric.ts';
import { duration, signedUsd, utc } from '#terminal/output.ts';
import type { Report } from '../../report/report.ts';
import {
  benchmarkTable,
  costTable,
  findingTable,
  groupTables,
  namedNumbers,
  openTable,
  orderTable,
  tradeTable,
  untradedTable,
} from '../sections.ts';
import { figuresOf, groupFigures } from './figures.ts';
import { figureHtml, sectionHtml, signClass, tableHtml } from './html.ts';
import { STYLE } from './style.ts';

const MOST_TRADES = 1_000;

const SECTIONS = [
  ['charts', 'Charts', ({ figures }) => `<div class="charts">${figures}</div>`],
  [
    'honest',
    'How sure this is',
    ({ report }) => boxes([orderTable, costTable, benchmarkTable].map((of) => of(report))),
  ],
  ['groups', 'Where it came from', ({ report }) => groupsHtml(report)],
  ['numbers', 'Every number, and what it is', ({ report }) => numbersHtml(report)],
  ['open', 'Open at the end', ({ report }) => tableHtml(openTable(report), { withTitle: false })],
  ['untraded', 'Signals not traded', ({ report }) => tableHtml(untradedTable(report), { withTitle: false })],
  ['data', 'Checks of the data', ({ report }) => tableHtml(findingTable(report), { withTitle: false })],
  ['trades', 'Closed trades', ({ report }) => tradesHtml(report)],
  [
    'unknown',
    'What this run does not know',
    ({ report }) => `<div class="box">${list(report.unknowns)}</div>`,
  ],
] as const satisfies readonly (readonly [string, string, (given: Given) => string])[];

interface Given {
  report: Report;
  figures: string;
}

/** Returns a report as one HTML page that loads nothing and runs no script. */
export function renderPage(report: Report): string {
  const given = { report, figures: figuresOf(report).map(figureHtml).join('') };
  const sections = SECTIONS.map(([id, title, write]) => ({
    id,
    title,
    html: sectionHtml(id, title, write(given)),
  }));
  const shown = sections.filter(({ html }) => html !== '');
  const links = shown.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`);
  const title = escapeHtml(`Backtest ${report.run.name ?? report.run.id}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style></head><body><main>
<header><h1>${title}</h1>${headHtml(report)}</header>
${warningsHtml(report)}
${cardsHtml(report)}
<nav aria-label="Parts of the page">${links.join('')}</nav>
${shown.map(({ html }) => html).join('\n')}
${footerHtml(report)}
</main></body></html>
`;
}

const headHtml = ({ period, totals, open, untraded }: Report): string =>
  `<p class="soft">${utc(period.from)} to ${utc(period.to)} UTC &middot; ${totals.trades} closed trades, ` +
  `${open.length} open at the end, ${untraded.signals} signals not traded</p>`;

const warningsHtml = ({ warnings }: Report): string =>
  warnings.length === 0
    ? ''
    : `<section class="warnings" aria-label="Warnings"><strong>Before you believe it</strong>${list(warnings)}</section>`;

function cardsHtml({ totals, interval }: Report): string {
  const cards: [string, string][] = [
    ['Return', signed(totals.returnPct, ' %')],
    ['Net profit, USD', signedUsd(totals.netUsd)],
    ['Largest drawdown', unitText('percent', totals.markedDrawdownPct)],
    ['Win rate', unitText('share', totals.winRate)],
    ['Profit factor', unitText('ratio', totals.profitFactor)],
    ['Sharpe of equity', unitText('ratio', totals.markedSharpe)],
    ['Mean trade, USD', signedUsd(totals.expectancyUsd)],
    [
      'Mean trade with 95 %, USD',
      interval
        ? `${interval.expectancyUsd.low.toFixed(2)} to ${interval.expectancyUsd.high.toFixed(2)}`
        : '-',
    ],
  ];
  const html = cards.map(
    ([title, value]) =>
      `<dl class="card"><dt>${escapeHtml(title)}</dt><dd class="${value.includes(' to ') ? '' : signClass(value).trim()}">${escapeHtml(value)}</dd></dl>`,
  );
  return `<div class="cards">${html.join('')}</div>`;
}

const signed = (value: string | number | null, unit: string): string =>
  value === null ? '-' : `${signedUsd(String(value))}${unit}`;

function groupsHtml(report: Report): string {
  const charts = groupFigures(report);
  const drawn = new Set(charts.map(({ table }) => table.title));
  const rest = groupTables(report).filter(({ table }) => !drawn.has(table.title));
  return `<div class="charts">${charts.map(figureHtml).join('')}</div>${boxes(rest.map(({ table }) => table))}`;
}

function numbersHtml(report: Report): string {
  const rows = namedNumbers(report).map(
    ({ name, definition, text }) =>
      `<tr><th scope="row">${escapeHtml(definition.title)}</th><td class="n${signClass(text)}">${escapeHtml(text)}</td>` +
      `<td>${escapeHtml(definition.sentence)}<code>${escapeHtml(name)} = ${escapeHtml(definition.formula)}</code></td></tr>`,
  );
  return `<div class="box"><table class="numbers"><tbody>${rows.join('')}</tbody></table></div>`;
}

function tradesHtml(report: Report): string {
  const table = tradeTable(report, MOST_TRADES);
  if (table.rows.length === 0) return '';
  const hidden = report.totals.trades - table.rows.length;
  const note =
    hidden > 0
      ? `<p class="soft">The first ${MOST_TRADES} of ${report.totals.trades}; exports have all.</p>`
      : '';
  return `${note}<p class="soft">An exit with * depends on the order of prices inside a candle.</p>${tableHtml(table, { withTitle: false })}`;
}

function footerHtml({ run, capitalUsd }: Report): string {
  const inputs = run.inputs.map(
    ({ name, rows, sha256 }) =>
      `${escapeHtml(name)} (${rows} rows, sha256 <code>${escapeHtml(sha256.slice(0, 16))}</code>)`,
  );
  return (
    `<footer><p>Run <code>${escapeHtml(run.id)}</code>, engine ${escapeHtml(run.engineVersion)}, capital ${escapeHtml(capitalUsd)} USD, ` +
    `made ${utc(run.ranAt)} UTC in ${duration(run.tookMs)}. Inputs: ${inputs.join(', ')}.</p>` +
    `<details><summary>Settings of the run</summary><pre>${escapeHtml(JSON.stringify(run.settings, null, 2))}</pre></details></footer>`
  );
}

const boxes = (tables: readonly Parameters<typeof tableHtml>[0][]): string =>
  tables
    .map((table) => tableHtml(table))
    .filter((html) => html !== '')
    .map((html) => `<div class="box">${html}</div>`)
    .join('');

const list = (sentences: readonly string[]): string =>
  `<ul>${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
