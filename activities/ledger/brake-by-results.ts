import type { AccountId } from '#domain/ids.ts';
import { listDeploymentsOfWallet } from '#prisma/repositories/deployment-limits.ts';
import type { BrakeRecord } from '#prisma/repositories/entry-brakes.ts';
import { raiseBrakes } from '#prisma/repositories/raise-brakes.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradingDeps } from '../deps.ts';

type Deps = Pick<TradingDeps, 'db' | 'now' | 'logger'>;

/** Sets the brakes of limits that the result of a trade has reached, and writes them into the trade's events. */
export async function brakeByResult(
  deps: Deps,
  { id, deploymentId }: Pick<TradeRecord, 'id' | 'deploymentId'>,
): Promise<void> {
  for (const brake of await raiseBrakes(deps.db, { deploymentIds: [deploymentId], now: deps.now() })) {
    tell(deps, brake);
    await recordTradeEvent(deps.db, {
      tradeId: id,
      key: `brake/${brake.id}`,
      type: 'entries_braked',
      text: brakeText(brake),
      data: { brakeId: brake.id, code: brake.code, scope: brake.scope, until: brake.until },
    });
  }
}

/** Sets the brakes of limits that open losses of an account have reached. */
export async function brakeByOpenLosses(deps: Deps, accountId: AccountId): Promise<void> {
  const deploymentIds = await listDeploymentsOfWallet(deps.db, accountId);
  for (const brake of await raiseBrakes(deps.db, { deploymentIds, now: deps.now() })) tell(deps, brake);
}

const tell = ({ logger }: Deps, brake: BrakeRecord): void =>
  logger.warn({ brakeId: brake.id, code: brake.code, deploymentId: brake.deploymentId }, brakeText(brake));

const brakeText = ({ deploymentId, reason, until }: BrakeRecord): string => {
  const whose = deploymentId === null ? 'all deployments' : 'the deployment';
  const end = until === null ? 'a person releases them' : new Date(until).toISOString();
  return `${reason}: entries of ${whose} are stopped until ${end}`;
};
