import { unitText } from '#terminal/metric.ts';
import { signedUsd, utc } from '#terminal/output.ts';
import type { DistributionPart } from '../../report/distribution.ts';
import { GROUPS, type Group, type GroupName } from '../../report/groups.ts';
import type { Report } from '../../report/report.ts';
import { groupTables } from '../sections.ts';
import { barChart, dotChart, lineChart, type Line } from './charts.ts';
import type { Figure } from './html.ts';

/** Returns the charts of a report; one that has nothing to show is left out. */
export const figuresOf = (report: Report): Figure[] =>
  [equity, drawdown, distribution, excursions, exposure].flatMap((draw) => draw(report) ?? []);

/** Returns a chart of net profit for each way of grouping that has more than one group. */
export const groupFigures = (report: Report): Figure[] =>
  groupTables(report).flatMap(({ name, table }) => {
    const groups = report.groups[name];
    if (groups.length < 2) return [];
    return [{ title: `Net profit by ${GROUPS[name].title}`, chart: groupChart(name, groups), table }];
  });

const MOST_BARS = 31;

function groupChart(name: GroupName, groups: readonly Group[]): string {
  const { shown, isCut } = mostNotable(groups);
  const [best, worst] = [
    shown.toSorted((a, b) => Number(b.netUsd) - Number(a.netUsd))[0],
    shown.toSorted((a, b) => Number(a.netUsd) - Number(b.netUsd))[0],
  ];
  const label =
    `Bars: net profit by ${GROUPS[name].title}${isCut ? `, the ${MOST_BARS} furthest from 0` : ''}; ` +
    `most ${best?.key} with ${signedUsd(best?.netUsd ?? null)} USD, least ${worst?.key} with ${signedUsd(worst?.netUsd ?? null)} USD`;
  const bars = shown.map(({ key, netUsd, trades }) => ({
    name: key,
    value: Number(netUsd),
    tone: Number(netUsd) < 0 ? ('loss' as const) : ('gain' as const),
    note: `${signedUsd(netUsd)} USD in ${trades} trades`,
  }));
  return barChart(bars, { label, unit: 'USD' });
}

const size = ({ netUsd }: Group): number => Math.abs(Number(netUsd));

function mostNotable(groups: readonly Group[]): { shown: readonly Group[]; isCut: boolean } {
  if (groups.length <= MOST_BARS) return { shown: groups, isCut: false };
  const kept = new Set(groups.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_BARS));
  return { shown: groups.filter((group) => kept.has(group)), isCut: true };
}

type Draw = (report: Report) => Figure | null;

const equity: Draw = ({ curve, totals, holding }) => {
  if (curve.length < 2) return null;
  const held = curve.flatMap(({ t, heldUsd }) => (heldUsd === null ? [] : [{ t, value: heldUsd }]));
  const own: Line = {
    name: 'equity',
    style: 'own',
    isFilled: false,
    points: curve.map(({ t, equityUsd }) => ({ t, value: equityUsd })),
  };
  const lines: Line[] = [
    own,
    ...(held.length > 0
      ? [{ name: 'buy and hold', style: 'other' as const, isFilled: false, points: held }]
      : []),
  ];
  return {
    title: 'Equity',
    keys: `<i class="key"></i>this run${held.length > 0 ? '<i class="key other"></i>buy and hold' : ''}`,
    chart: lineChart(lines, {
      label:
        `Line: equity, ${unitText('percent', totals.returnPct)} at the end` +
        (holding ? `; buy and hold ${unitText('percent', holding.profitPct)}` : ''),
      unit: 'USD',
    }),
    isWide: true,
    table: {
      title: 'Equity',
      columns: [
        text('time (UTC)'),
        number('equity'),
        number('cash'),
        number('open trades'),
        number('buy and hold'),
      ],
      rows: curve.map(({ t, equityUsd, cashUsd, openTrades, heldUsd }) => [
        utc(t),
        equityUsd.toFixed(2),
        cashUsd.toFixed(2),
        String(openTrades),
        heldUsd?.toFixed(2) ?? '-',
      ]),
    },
  };
};

const drawdown: Draw = ({ curve, totals }) => {
  if (curve.length < 2) return null;
  const points = curve.map(({ t, drawdownPct }) => ({ t, value: drawdownPct }));
  return {
    title: 'Drawdown',
    keys: '<i class="key fall"></i>fall from the highest equity before, in percent',
    chart: lineChart([{ name: 'drawdown', style: 'fall', isFilled: true, points }], {
      label: `Area: fall of the equity from its highest, ${unitText('percent', totals.markedDrawdownPct)} at worst`,
      unit: '%',
    }),
    table: {
      title: 'Drawdown',
      columns: [text('time (UTC)'), number('drawdown')],
      rows: points.map(({ t, value }) => [utc(t), `${value.toFixed(2)} %`]),
    },
  };
};

const exposure: Draw = ({ curve }) => {
  if (!curve.some(({ exposureUsd }) => exposureUsd > 0)) return null;
  const points = curve.map(({ t, exposureUsd }) => ({ t, value: exposureUsd }));
  const most = points.reduce((high, { value }) => Math.max(high, value), 0);
  return {
    title: 'Exposure',
    keys: '<i class="key"></i>value of open trades',
    chart: lineChart([{ name: 'exposure', style: 'own', isFilled: true, points }], {
      label: `Area: value of open trades over time, ${most.toFixed(2)} USD at most`,
      unit: 'USD',
    }),
    table: {
      title: 'Exposure',
      columns: [text('time (UTC)'), number('exposure'), number('open trades')],
      rows: curve.map((point) => [utc(point.t), point.exposureUsd.toFixed(2), String(point.openTrades)]),
    },
  };
};

const partName = ({ from, to }: DistributionPart): string => `${from.toFixed(2)} to ${to.toFixed(2)} %`;

const distribution: Draw = ({ distribution: parts, totals }) => {
  if (parts.length < 2) return null;
  return {
    title: 'Trades by net profit',
    keys: 'in percent of their entry value',
    chart: barChart(
      parts.map((part) => ({
        name: part.from.toFixed(1),
        value: part.trades,
        tone: part.from < 0 ? ('loss' as const) : ('gain' as const),
        note: `${part.trades} trades of ${partName(part)}`,
      })),
      {
        label: `Bars: trades by net profit in percent; ${unitText('share', totals.winRate)} above 0`,
        unit: 'trades',
      },
    ),
    table: {
      title: 'Trades by net profit',
      columns: [text('net profit'), number('trades')],
      rows: parts.map((part) => [partName(part), String(part.trades)]),
    },
  };
};

const MOST_DOTS = 1_500;

const excursions: Draw = ({ trades, totals }) => {
  if (trades.length < 2) return null;
  const every = Math.ceil(trades.length / MOST_DOTS);
  const shown = trades.filter((_, index) => index % every === 0);
  return {
    title: 'How far prices went',
    keys: `each dot a trade${every > 1 ? `, one of ${every}` : ''}; blue made money`,
    chart: dotChart(
      shown.map(({ id, symbol, maePct, mfePct, netUsd }) => ({
        x: maePct,
        y: mfePct,
        isGain: Number(netUsd) > 0,
        note: `${id} ${symbol}: ${mfePct.toFixed(2)} % for, ${maePct.toFixed(2)} % against, ${signedUsd(netUsd)} USD`,
      })),
      {
        label:
          'Dots: trades by how far prices went against them (across) and for them (up); ' +
          `${unitText('percent', totals.maePct)} and ${unitText('percent', totals.mfePct)} on average, ` +
          `of which exits kept ${unitText('share', totals.capture)}`,
        x: 'across: % against the trade (MAE)',
        y: 'up: % for the trade (MFE)',
      },
    ),
    table: {
      title: 'How far prices went',
      columns: [text('trade'), text('instrument'), number('for'), number('against'), number('net')],
      rows: shown.map(({ id, symbol, maePct, mfePct, netUsd }) => [
        id,
        symbol,
        `${mfePct.toFixed(2)} %`,
        `${maePct.toFixed(2)} %`,
        signedUsd(netUsd),
      ]),
    },
  };
};

const text = (title: string) => ({ title, isNumber: false });
const number = (title: string) => ({ title, isNumber: true });
