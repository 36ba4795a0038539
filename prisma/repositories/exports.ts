import type { CsvValue } from '#domain/csv.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** What can be exported, with the columns of each. */
export const EXPORTS = {
  fills: [
    'time',
    'venue',
    'account',
    'instrument',
    'side',
    'size',
    'price',
    'value_usd',
    'fee_usd',
    'venue_profit_usd',
    'liquidation',
    'by',
    'agent',
    'trade_id',
    'deployment_id',
    'venue_fill_id',
    'id',
  ],
  funding: [
    'time',
    'venue',
    'account',
    'instrument',
    'amount_usd',
    'agent',
    'trade_id',
    'deployment_id',
    'id',
  ],
  fees: ['time', 'venue', 'account', 'instrument', 'fee_usd', 'agent', 'trade_id', 'deployment_id', 'id'],
  bills: ['time', 'kind', 'subject', 'amount_usd', 'agent', 'trade_id', 'deployment_id', 'wallet', 'id'],
} as const;
export type ExportName = keyof typeof EXPORTS;

/** Which rows: by their time, epoch ms, and of one deployment. */
export interface ExportFilter {
  from: number;
  /** The first moment that is left out. */
  to: number;
  deploymentId?: string;
  /** Of this user's deployments; all when left out. */
  ofUser?: string;
}

/** The last row of the page before. */
interface Key {
  at: Date;
  id: string;
}

const PAGE = 1_000;

/** Yields pages of rows, oldest first, each read when the page before it was taken. */
export async function* exportRows(
  db: DatabaseOrTransaction,
  name: ExportName,
  filter: ExportFilter,
): AsyncGenerator<CsvValue[][]> {
  let after: Key | null = null;
  do {
    const rows: Row[] = await db.$queryRaw<Row[]>(pageOf(name, filter, after));
    if (rows.length > 0) yield rows.map((row) => EXPORTS[name].map((column) => row[column] ?? null));
    const last: Row | undefined = rows.length === PAGE ? rows.at(-1) : undefined;
    after = last ? { at: last.at, id: last.id } : null;
  } while (after);
}

type Row = Key & Readonly<Record<string, CsvValue | Date>> & Record<string, CsvValue>;

function pageOf(
  name: ExportName,
  { from, to, deploymentId, ofUser }: ExportFilter,
  after: Key | null,
): Prisma.Sql {
  const { select, table, at } = SOURCES[name];
  const its =
    deploymentId === undefined ? Prisma.sql`true` : Prisma.sql`deployment.id = ${deploymentId}::uuid`;
  const own = ofUser === undefined ? Prisma.sql`true` : Prisma.sql`deployment.user_id = ${ofUser}::uuid`;
  const rest = after ? Prisma.sql`(${at}, booked.id) > (${after.at}, ${after.id}::uuid)` : Prisma.sql`true`;
  return Prisma.sql`
    SELECT booked.id::text, ${at} AS at, to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
      deployment.id::text AS deployment_id, deployment.wallet_address AS wallet,
      (SELECT name FROM agent WHERE agent.id = deployment.agent_id) AS agent, booked.trade_id::text, ${select}
    FROM ${table}
    WHERE ${at} >= ${new Date(from)} AND ${at} < ${new Date(to)} AND ${its} AND ${own} AND ${rest}
    ORDER BY ${at}, booked.id LIMIT ${PAGE}`;
}

const OF_TRADE = Prisma.sql`LEFT JOIN trade ON trade.id = booked.trade_id
  LEFT JOIN agent_deployment AS deployment ON deployment.id = trade.deployment_id`;
const WHERE_TRADED = Prisma.sql`booked.venue::text, booked.account_id AS account, booked.symbol AS instrument`;

const SOURCES: Record<ExportName, { select: Prisma.Sql; table: Prisma.Sql; at: Prisma.Sql }> = {
  fills: {
    at: Prisma.sql`booked.time`,
    table: Prisma.sql`fill AS booked ${OF_TRADE}`,
    select: Prisma.sql`${WHERE_TRADED}, booked.side::text, trim_scale(booked.size)::text AS size,
      trim_scale(booked.price)::text AS price, trim_scale(booked.size * booked.price)::text AS value_usd,
      trim_scale(booked.fee_usd)::text AS fee_usd, trim_scale(booked.closed_pnl_usd)::text AS venue_profit_usd,
      booked.liquidation, CASE WHEN booked.order_id IS NULL THEN 'owner' ELSE 'signalman' END AS by, booked.venue_fill_id`,
  },
  fees: {
    at: Prisma.sql`booked.time`,
    table: Prisma.sql`fill AS booked ${OF_TRADE}`,
    select: Prisma.sql`${WHERE_TRADED}, trim_scale(booked.fee_usd)::text AS fee_usd`,
  },
  funding: {
    at: Prisma.sql`booked.time`,
    table: Prisma.sql`funding_payment AS booked ${OF_TRADE}`,
    select: Prisma.sql`${WHERE_TRADED}, trim_scale(booked.amount_usd)::text AS amount_usd`,
  },
  bills: {
    at: Prisma.sql`booked.created_at`,
    table: Prisma.sql`billing_event AS booked JOIN agent_deployment AS deployment ON deployment.id = booked.deployment_id`,
    select: Prisma.sql`booked.kind::text, booked.subject, trim_scale(booked.amount_usd)::text AS amount_usd`,
  },
};
