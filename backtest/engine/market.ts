import type { TradeFees } from '#domain/fees.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { MaintenanceRule } from '#domain/liquidation.ts';
import type { PriceSeries } from '../prices/price-series.ts';
import type { FillCosts } from './costs.ts';

/** An instrument with its prices, its venue's rules and what trading in it costs. */
export interface Market {
  symbol: Symbol;
  series: PriceSeries;
  instrument: Instrument;
  fees: TradeFees;
  fillCosts: FillCosts;
  /** Funding that a position pays for each hour it is held, in basis points of its value; negative where it receives. */
  holdingBpsPerHour: Record<Side, number>;
  maintenance: MaintenanceRule;
  separatePositions: boolean;
}
