import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  LineSeries,
  LineStyle,
  LineType,
  type IChartApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { TradePrices } from '#api/schemas/position.ts';
import type { TradeDetails } from '#api/schemas/trade.ts';
import { price as priceText } from '../../format/money.ts';
import { readColors, type Colors } from './chart-colors.ts';
import { stopPath } from './stop-path.ts';
import './trade-chart.css';

interface ChartProps {
  trade: TradeDetails;
  prices: TradePrices;
}

/** Prices around a trade with its entry, its stop as it moved, its targets and its fills. A table beside it says the same. */
export function TradeChart({ trade, prices }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const container = place.current;
    if (!container) return undefined;
    let chart = draw(container, trade, prices);
    const redraw = () => {
      chart.remove();
      chart = draw(container, trade, prices);
    };
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    darkness.addEventListener('change', redraw);
    document.addEventListener('theme', redraw);
    return () => {
      darkness.removeEventListener('change', redraw);
      document.removeEventListener('theme', redraw);
      chart.remove();
    };
  }, [trade, prices]);
  return (
    <div ref={place} className="trade-chart" role="group" aria-label="Chart of prices, levels and fills" />
  );
}

function draw(container: HTMLElement, trade: TradeDetails, prices: TradePrices): IChartApi {
  const colors = readColors(container);
  const chart = createChart(container, {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: colors.quiet,
      fontSize: 11,
      fontFamily: colors.font,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colors.line } },
    rightPriceScale: { borderColor: colors.line },
    timeScale: { borderColor: colors.line, timeVisible: true, secondsVisible: spanOf(prices) < 3_600 },
    localization: { priceFormatter: (value: number) => priceText(String(value)) },
    crosshair: {
      horzLine: { labelBackgroundColor: colors.quiet },
      vertLine: { labelBackgroundColor: colors.quiet },
    },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: colors.gain,
    downColor: colors.loss,
    wickUpColor: colors.gain,
    wickDownColor: colors.loss,
    borderVisible: false,
    priceLineVisible: trade.closedAt === null,
    lastValueVisible: trade.closedAt === null,
    priceFormat: { type: 'custom', formatter: (value: number) => priceText(String(value)), minMove: 1e-8 },
  });
  candles.setData(
    prices.bars.map((bar) => ({
      time: seconds(bar.at),
      open: Number(bar.open),
      high: Number(bar.high),
      low: Number(bar.low),
      close: Number(bar.close),
    })),
  );
  addLevels(candles, trade, colors);
  addStop(chart, trade, prices, colors);
  createSeriesMarkers(candles, fillMarkers(trade, prices, colors));
  chart.timeScale().fitContent();
  return chart;
}

type Candles = ReturnType<IChartApi['addSeries']>;

function addLevels(candles: Candles, trade: TradeDetails, colors: Colors): void {
  if (trade.entryPrice !== null)
    candles.createPriceLine({
      price: Number(trade.entryPrice),
      color: colors.text,
      lineStyle: LineStyle.Dotted,
      lineWidth: 1,
      title: 'entry',
    });
  for (const { leg, price } of trade.levels?.targets ?? [])
    candles.createPriceLine({
      price: Number(price),
      color: colors.gain,
      lineStyle: LineStyle.Dashed,
      lineWidth: 1,
      title: `target ${leg}`,
    });
}

/** Draws the stop as steps. Two moves within one bar are shown by the later one. */
function addStop(chart: IChartApi, trade: TradeDetails, prices: TradePrices, colors: Colors): void {
  const path = stopPath(trade);
  const last = path.at(-1);
  if (!last) return;
  const end = trade.closedAt ?? prices.bars.at(-1)?.at ?? last.at;
  const points = new Map<UTCTimestamp, number>();
  for (const { at, price } of [...path, { ...last, at: Math.max(end, last.at) }])
    points.set(seconds(barOf(prices, at)), Number(price));
  const series = chart.addSeries(LineSeries, {
    color: colors.warn,
    lineWidth: 2,
    lineType: LineType.WithSteps,
    priceLineVisible: false,
    lastValueVisible: true,
    title: 'stop',
    crosshairMarkerVisible: false,
  });
  series.setData(
    [...points].map(([time, value]) => ({ time, value })).sort((one, other) => one.time - other.time),
  );
}

function fillMarkers(trade: TradeDetails, prices: TradePrices, colors: Colors): SeriesMarker<Time>[] {
  return trade.fills
    .map(({ side, at, price }): SeriesMarker<Time> => ({
      time: seconds(barOf(prices, at)),
      position: side === 'buy' ? 'belowBar' : 'aboveBar',
      shape: side === 'buy' ? 'arrowUp' : 'arrowDown',
      color: side === 'buy' ? colors.gain : colors.loss,
      text: `${side === 'buy' ? 'bought' : 'sold'} ${priceText(price)}`,
    }))
    .sort((one, other) => Number(one.time) - Number(other.time));
}

/** Returns the begin of the bar that a moment is in. */
const barOf = ({ bars }: TradePrices, at: number): number =>
  bars.findLast((bar) => bar.at <= at)?.at ?? bars[0]?.at ?? at;

const spanOf = ({ bars }: TradePrices): number => ((bars.at(-1)?.at ?? 0) - (bars[0]?.at ?? 0)) / 1_000;

/** The chart counts in seconds, and shows them as they are: local time is put in by hand. */
const seconds = (at: number): UTCTimestamp =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the chart's own word for seconds
  Math.floor(at / 1_000 - new Date(at).getTimezoneOffset() * 60) as UTCTimestamp;
