import type { Trade } from '#api/schemas/trade.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { duration, orDash, renderTable, shortId, type Column, type Output } from '#terminal/output.ts';
import { standingOf } from '../render/deployment.ts';
import type { FleetAccount } from './standings.ts';

/** A deployment with its trades that have not ended. */
export interface FleetMember {
  deployment: Deployment;
  trades: Trade[];
}

const STATUS: Column<FleetMember>[] = [
  { title: 'ID', cell: ({ deployment }) => shortId(deployment.id) },
  { title: 'AGENT', cell: ({ deployment }) => deployment.agentName },
  { title: 'STATUS', cell: ({ deployment }) => standingOf(deployment) },
  { title: 'OPEN', cell: ({ trades }) => String(inPhase(trades, 'open')), align: 'right' },
  { title: 'OPENING', cell: ({ trades }) => String(inPhase(trades, 'routing', 'opening')), align: 'right' },
  { title: 'CLOSING', cell: ({ trades }) => String(inPhase(trades, 'closing', 'settling')), align: 'right' },
  {
    title: 'NO STOP',
    cell: ({ trades }) =>
      String(trades.filter(({ phase, stopPrice }) => phase === 'open' && stopPrice === null).length),
    align: 'right',
  },
  { title: 'OLDEST', cell: ({ trades }) => oldest(trades), align: 'right' },
];

const inPhase = (trades: readonly Trade[], ...phases: string[]): number =>
  trades.filter(({ phase }) => phases.includes(phase)).length;

function oldest(trades: readonly Trade[]): string {
  const times = trades.flatMap(({ openedAt }) => openedAt ?? []);
  return times.length === 0 ? '-' : duration(Date.now() - Math.min(...times));
}

export const statusTable = (members: readonly FleetMember[], { colors }: Output): string[] =>
  renderTable(STATUS, members, colors);

/** One line of a list of positions or of orders. */
interface Row {
  account: FleetAccount;
  cells: readonly string[];
}

/** Returns the positions of accounts by the venues' word, ours and their owners' apart. */
export function positionTable(accounts: readonly FleetAccount[], { colors }: Output): string[] {
  const rows = accounts.flatMap((account): Row[] =>
    (account.standing?.positions ?? []).map((each) => ({
      account,
      cells: [
        each.symbol,
        each.ownSize,
        each.otherSize,
        each.entryPrice,
        each.valueUsd,
        orDash(each.liquidationPrice),
      ],
    })),
  );
  const titles = ['SYMBOL', 'OURS', "OWNER'S", 'ENTRY', 'VALUE USD', 'LIQUIDATION'];
  return [...tableOf(titles, rows, colors, 'no position is open'), ...unread(accounts)];
}

/** Returns the resting orders of accounts by the venues' word. */
export function orderTable(accounts: readonly FleetAccount[], { colors }: Output): string[] {
  const rows = accounts.flatMap((account): Row[] =>
    (account.standing?.orders ?? []).map((each) => ({
      account,
      cells: [
        each.symbol,
        each.isOwn ? 'ours' : "owner's",
        each.side,
        each.size,
        each.triggerPrice ?? each.price,
        each.reduceOnly ? 'reduce only' : 'entry',
      ],
    })),
  );
  const titles = ['SYMBOL', 'WHOSE', 'SIDE', 'SIZE', 'PRICE', 'KIND'];
  return [...tableOf(titles, rows, colors, 'no order rests'), ...unread(accounts)];
}

function tableOf(
  titles: readonly string[],
  rows: readonly Row[],
  colors: Output['colors'],
  none: string,
): string[] {
  if (rows.length === 0) return [none];
  const columns: Column<Row>[] = [
    { title: 'DEPLOYMENT', cell: ({ account }) => shortId(account.deployment.id) },
    { title: 'VENUE', cell: ({ account }) => account.venue },
    ...titles.map((title, index) => ({ title, cell: ({ cells }: Row) => cells[index] ?? '' })),
  ];
  return renderTable(columns, rows, colors);
}

const unread = (accounts: readonly FleetAccount[]): string[] =>
  accounts.flatMap(({ deployment, venue, error }) =>
    error === null ? [] : [`NOT READ  ${shortId(deployment.id)} at ${venue}: ${error}`],
  );
