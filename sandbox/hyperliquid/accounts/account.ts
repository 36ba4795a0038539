import { LOWEST_TIER, type FeeRates } from './fee-rates.ts';
import { ZERO } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { WireFill, WireFunding, WireLedgerEntry } from '../wire/rows.ts';

/** Margin mode and leverage of one coin. */
export interface Leverage {
  readonly isCross: boolean;
  readonly value: number;
}

/** An open position. `cost` is size x entry price, negative when short; it is kept instead of a price to stay exact. */
export interface Position {
  szi: Amount;
  cost: Amount;
  /** USD set aside for an isolated position; null when cross. */
  margin: Amount | null;
  fundingAllTime: Amount;
  fundingSinceOpen: Amount;
  fundingSinceChange: Amount;
}

/** A key that may trade for an account until `validUntil`, in epoch milliseconds. */
export interface Agent {
  readonly address: string;
  /** Empty for the only agent without a name. */
  readonly name: string;
  readonly validUntil: number;
}

/** One trading account. Its value is `cash` + isolated margins + unrealised profit, exact to the micro-dollar. */
export interface Account {
  readonly address: string;
  readonly master: string | null;
  readonly name: string;
  cash: Amount;
  /** Deposits and incoming transfers less withdrawals and outgoing ones. */
  deposited: Amount;
  closedPnl: Amount;
  fees: Amount;
  funding: Amount;
  spotUsd: Amount;
  volume: Amount;
  requests: number;
  readonly positions: Map<number, Position>;
  readonly leverage: Map<number, Leverage>;
  agents: Agent[];
  /** Addresses of earlier agents. None of them can be approved again. */
  readonly formerAgents: string[];
  /** Approved builder fee in tenths of a basis point, by builder. */
  readonly builderFees: Map<string, number>;
  /** Shares of an order's value that it pays for taking and for making, before a referrer's discount. */
  feeRates: FeeRates;
  abstraction: string;
  scheduledCancelAt: number | null;
  readonly fills: WireFill[];
  readonly fundings: WireFunding[];
  readonly ledger: WireLedgerEntry[];
  readonly openOids: Set<number>;
  readonly history: number[];
  readonly oidByCloid: Map<string, number>;
}

/** Returns an account that holds nothing; `master` owns it if it is a sub-account. */
export function newAccount(address: string, master: string | null = null, name = ''): Account {
  return {
    address,
    master,
    name,
    cash: ZERO,
    deposited: ZERO,
    closedPnl: ZERO,
    fees: ZERO,
    funding: ZERO,
    spotUsd: ZERO,
    volume: ZERO,
    requests: 0,
    positions: new Map(),
    leverage: new Map(),
    agents: [],
    formerAgents: [],
    builderFees: new Map(),
    feeRates: LOWEST_TIER,
    abstraction: 'disabled',
    scheduledCancelAt: null,
    fills: [],
    fundings: [],
    ledger: [],
    openOids: new Set(),
    history: [],
    oidByCloid: new Map(),
  };
}

/** Returns the signed size of an account's position, zero when it has none. */
export function positionSize(account: Account, asset: number): Amount {
  return account.positions.get(asset)?.szi ?? ZERO;
}
