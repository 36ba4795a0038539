import type { ExitReason } from '#domain/barriers.ts';
import type { TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** The exit of an open trade: one process claims it, and sends the closing order. */
export interface ExitClaim {
  tradeId: TradeId;
  reason: ExitReason;
  by: string;
  /** Size that the closing order closes: the claim fails when the trade has another size. */
  size?: DecimalString;
  /** Version of the watch that the exit was decided by: the claim fails when the watch is paused, disarmed or newer. */
  asOfWatch?: bigint | undefined;
  /** The claim fails when another hand is known to have traded in the position: its size must be read first. */
  isAlone?: boolean;
}

/** Claims the exit of an open trade. Returns false when the trade is not open, or not as the claim says. */
export async function claimExit(db: DatabaseOrTransaction, claim: ExitClaim): Promise<boolean> {
  const claimed = await db.$queryRaw<unknown[]>`WITH ${claimedExit(claim)} SELECT id FROM claimed`;
  return claimed.length > 0;
}

/** Returns the table `claimed` of a statement, which claims the exit: one row when it is claimed, none otherwise. */
export const claimedExit = ({
  tradeId,
  reason,
  by,
  size,
  asOfWatch,
  isAlone = false,
}: ExitClaim): Prisma.Sql => Prisma.sql`
  claimed AS (
    UPDATE trade SET phase = 'closing', exit_reason = ${reason}::exit_reason, exit_claimed_by = ${by},
      exit_claimed_at = now(), updated_at = now()
    WHERE id = ${tradeId}::uuid AND phase = 'open' ${size === undefined ? Prisma.empty : hasSize(size)}
      ${asOfWatch === undefined ? Prisma.empty : isWatchedAs(asOfWatch)} ${isAlone ? IS_ALONE : Prisma.empty}
    RETURNING id
  )`;

const hasSize = (size: DecimalString): Prisma.Sql => Prisma.sql`AND remaining_size = ${size}::numeric`;

const isWatchedAs = (version: bigint): Prisma.Sql => Prisma.sql`AND paused_at IS NULL
  AND EXISTS (SELECT FROM watch WHERE trade_id = trade.id AND status = 'armed' AND version = ${version}::bigint)`;

const IS_ALONE = Prisma.sql`AND (is_adopted OR NOT EXISTS (
  SELECT FROM fill WHERE fill.trade_id = trade.id AND fill.order_id IS NULL))`;
