import { asId, type AccountId, type DeploymentId, type VenueName } from '#domain/ids.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { ms, msOrNull } from './rows.ts';
import { LIVE } from './phase-lists.ts';

/** An account that trades for us at a venue, and when it was last compared with it. */
export interface CheckedAccount {
  venue: VenueName;
  accountId: AccountId;
  /**
   * The oldest deployment of the account that has not ended and has an approved key; its key is used to read the
   * account.
   */
  deploymentId: DeploymentId;
  /** True when there is such a deployment. An account of live trades is compared without one too. */
  mayAdopt: boolean;
  checkedAt: number | null;
  fullAt: number | null;
}

/**
 * Returns the accounts to compare: those with an approved key, and those whose trades live or wait for fills,
 * whatever the state of the key or the deployment. Accounts with live trades come first, the longest not compared
 * before the others. With `deploymentId`, returns only the accounts of that deployment.
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
      may_adopt: boolean;
      checked_at: Date | null;
      full_at: Date | null;
    }[]
  >`
    WITH keyed AS (
      SELECT key.venue, deployment.wallet_address AS account_id, deployment.id AS deployment_id,
        deployment.created_at, true AS may_adopt, false AS is_live
      FROM agent_deployment AS deployment JOIN trading_key AS key ON key.deployment_id = deployment.id AND key.active
      WHERE deployment.status <> 'archived' AND key.status = 'approved'
    ), traded AS (
      SELECT trade.venue, trade.account_id, trade.deployment_id, trade.created_at, false AS may_adopt,
        trade.phase <> 'closed' AS is_live
      FROM trade
      WHERE trade.venue IS NOT NULL
        AND (trade.phase IN ${LIVE} OR trade.is_provisional)
    ), account AS (
      SELECT DISTINCT ON (venue, account_id) venue, account_id, deployment_id, may_adopt,
        bool_or(is_live) OVER (PARTITION BY venue, account_id) AS is_live
      FROM (SELECT * FROM keyed UNION ALL SELECT * FROM traded) AS found
      WHERE ${deploymentId}::uuid IS NULL OR deployment_id = ${deploymentId}::uuid
      ORDER BY venue, account_id, may_adopt DESC, created_at
    )
    SELECT account.*, last.checked_at, last.full_at FROM account
    LEFT JOIN account_check AS last ON last.venue = account.venue AND last.account_id = account.account_id
    ORDER BY account.is_live DESC, last.checked_at ASC NULLS FIRST
    LIMIT ${limit}`;
  return rows.map((row) => ({
    venue: row.venue,
    accountId: asId(row.account_id),
    deploymentId: asId(row.deployment_id),
    mayAdopt: row.may_adopt,
    checkedAt: msOrNull(row.checked_at),
    fullAt: msOrNull(row.full_at),
  }));
}

/** How a check ended. */
export interface CheckOutcome {
  at: number;
  /** True when every resting order and fill was read. */
  full: boolean;
  corrections: number;
  error: string | null;
}

/** Records that an account was compared. */
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
