import type { Fault } from './faults.ts';

/** A pair by its name, `EUR-USD`, or its index. */
export type PairRef = string | number;

/** A command that only tests, benches and the demo send. Real clients send none. */
export type ControlCommand =
  | {
      readonly type: 'setPrice';
      readonly pair: PairRef;
      readonly price: string | number;
      readonly spread?: string | number;
    }
  | { readonly type: 'setMarketOpen'; readonly pair: PairRef; readonly open: boolean | null }
  | { readonly type: 'setDayTradingClosed'; readonly pair: PairRef; readonly closed: boolean | null }
  | { readonly type: 'setListed'; readonly pair: PairRef; readonly listed: boolean }
  | {
      readonly type: 'fund';
      readonly address: string;
      readonly usdc: string | number;
      readonly eth?: string | number;
    }
  | { readonly type: 'mine'; readonly blocks: number }
  | {
      readonly type:
        | 'pauseKeeper'
        | 'resumeKeeper'
        | 'pausePrices'
        | 'resumePrices'
        | 'clearFaults'
        | 'state';
    }
  | { readonly type: 'fault'; readonly fault: Fault };

/** What the sandbox shows of itself. */
export interface SandboxState {
  readonly prices: Readonly<Record<string, string>>;
  readonly openMarkets: readonly string[];
  readonly faults: readonly Fault[];
}
