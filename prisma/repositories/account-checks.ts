import { asId, type AccountId, type DeploymentId, type VenueName } from '#domain/ids.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { ms, msOrNull } from './rows.ts';

/** An account that trades for us at a venue, and when it was last compared with it. */
export interface CheckedAccount {
  venue: VenueName;
  accountId: AccountId;
  /** Whose key looks after the account: its oldest deployment that has not ended. */
  deploymentId: DeploymentId;
  checkedAt: number | null;
  fullAt: number | null;
}

/**
 * Accounts to compare, of approved keys and of keys that trades are open under: those with live trades first and among
 * them the one that has waited longest. With `deploymentId`, the accounts of that deployment alone.
 */
export async function listAccountsToCheck(
  db: Database,
  { limit, deploymentId = null }: { limit: number; deploymentId?: string | null },
): Promise<CheckedAccount[]> {
  const rows = await db.$queryRaw<
    {
      venue: VenueName;
      account_id: string;
      deployment_id: string;
      checked_at: Date | null;
      full_at: Date | null;
    }[]
  >`
    SELECT account.*, last.checked_at, last.full_at FROM (
      SELECT DISTINCT ON (key.venue, deployment.wallet_address)
        key.venue, deployment.wallet_address AS account_id, deployment.id AS deployment_id
      FROM agent_deployment AS deployment JOIN trading_key AS key ON key.deployment_id = deployment.id AND key.active
      WHERE deployment.status <> 'archived'
        AND (key.status = 'approved' OR EXISTS (
          SELECT FROM trade WHERE trade.deployment_id = deployment.id AND trade.venue = key.venue
            AND trade.phase IN ('opening', 'open', 'closing', 'settling')
        ))
        AND (${deploymentId}::uuid IS NULL OR deployment.id = ${deploymentId}::uuid)
      ORDER BY key.venue, deployment.wallet_address, key.status <> 'approved', deployment.created_at
    ) AS account
    LEFT JOIN account_check AS last ON last.venue = account.venue AND last.account_id = account.account_id
    ORDER BY EXISTS (
      SELECT FROM trade WHERE trade.venue = account.venue AND trade.account_id = account.account_id
        AND trade.phase IN ('opening', 'open', 'closing', 'settling')
    ) DESC, last.checked_at ASC NULLS FIRST
    LIMIT ${limit}`;
  return rows.map((row) => ({
    venue: row.venue,
    accountId: asId(row.account_id),
    deploymentId: asId(row.deployment_id),
    checkedAt: msOrNull(row.checked_at),
    fullAt: msOrNull(row.full_at),
  }));
}

/** How a check ended. */
export interface CheckOutcome {
  at: number;
  /** Whether every resting order and fill was asked for. */
  full: boolean;
  corrections: number;
  error: string | null;
}

/** Writes down that an account was compared. */
export async function saveAccountCheck(
  db: DatabaseOrTransaction,
  { venue, accountId }: Pick<CheckedAccount, 'venue' | 'accountId'>,
  { at, full, corrections, error }: CheckOutcome,
): Promise<void> {
  const fullAt = full && error === null ? { fullAt: new Date(at) } : {};
  await db.accountCheck.upsert({
    where: { venue_accountId: { venue, accountId } },
    create: { venue, accountId, checkedAt: new Date(at), ...fullAt, corrections, error },
    update: { checkedAt: new Date(at), ...fullAt, corrections: { increment: corrections }, error },
  });
}

/** An account's last check, for a person. */
export interface AccountCheckRow {
  venue: VenueName;
  accountId: string;
  checkedAt: number;
  fullAt: number | null;
  corrections: number;
  error: string | null;
}

/** The last check of each account, the one that is longest ago first. */
export async function listAccountChecks(
  db: DatabaseOrTransaction,
  { limit, accountIds }: { limit: number; accountIds?: readonly string[] },
): Promise<AccountCheckRow[]> {
  const rows = await db.accountCheck.findMany({
    where: accountIds === undefined ? {} : { accountId: { in: [...accountIds] } },
    orderBy: { checkedAt: 'asc' },
    take: limit,
  });
  return rows.map((row) => ({ ...row, checkedAt: ms(row.checkedAt), fullAt: msOrNull(row.fullAt) }));
}
