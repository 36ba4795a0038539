import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import type { AccountId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import { changed, type LimitsChange } from './entry-limits.ts';
import { Prisma } from '../generated/client.ts';
import { asJson, asPlainJson, fromJson } from './json.ts';
import { text } from './rows.ts';

/** All limits of a deployment. */
export interface DeploymentLimits {
  maxLeverage: number;
  maxNotionalUsd: DecimalString;
  maxOpenPositions: number;
  entryLimits: EntryLimits;
  /** In place of the agent's; null leaves it to the agent. */
  sizeModel: SizeModel | null;
}

/** What is left out stays as it is. */
export interface DeploymentLimitsChange {
  maxLeverage?: number | undefined;
  maxNotionalUsd?: DecimalString | undefined;
  maxOpenPositions?: number | undefined;
  entryLimits?: LimitsChange | undefined;
  sizeModel?: SizeModel | null | undefined;
}

/** Changes the limits of a deployment, and returns them as they were and are; null when there is no such deployment. */
export async function changeDeploymentLimits(
  tx: Transaction,
  id: string,
  { entryLimits, sizeModel, ...change }: DeploymentLimitsChange,
): Promise<{ before: DeploymentLimits; after: DeploymentLimits } | null> {
  await tx.$queryRaw`SELECT id FROM agent_deployment WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  const before = await findLimits(tx, id);
  if (!before) return null;
  const wanted = { ...asPlainJson(change), entryLimits: changed(before.entryLimits, entryLimits ?? {}) };
  await tx.agentDeployment.update({
    where: { id },
    data: {
      ...wanted,
      entryLimits: asPlainJson(wanted.entryLimits),
      ...(sizeModel !== undefined && { sizeModel: sizeModel === null ? Prisma.DbNull : asJson(sizeModel) }),
    },
  });
  return { before, after: (await findLimits(tx, id)) ?? before };
}

async function findLimits(tx: Transaction, id: string): Promise<DeploymentLimits | null> {
  const row = await tx.agentDeployment.findUnique({
    where: { id },
    select: {
      maxLeverage: true,
      maxNotionalUsd: true,
      maxOpenPositions: true,
      entryLimits: true,
      sizeModel: true,
    },
  });
  return (
    row && {
      ...row,
      maxNotionalUsd: text(row.maxNotionalUsd),
      entryLimits: fromJson<EntryLimits>(row.entryLimits),
      sizeModel: fromJson<SizeModel | null>(row.sizeModel),
    }
  );
}

/** Returns the deployments of a wallet. */
export async function listDeploymentsOfWallet(
  db: DatabaseOrTransaction,
  walletAddress: AccountId,
): Promise<string[]> {
  const rows = await db.agentDeployment.findMany({ where: { walletAddress }, select: { id: true } });
  return rows.map(({ id }) => id);
}
