import { randomUUID } from 'node:crypto';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { createAgent } from '#prisma/repositories/agents.ts';
import { createSignal, type SignalDraft } from '#prisma/repositories/signals.ts';
import { sealKey } from '#venues/keys/sealed-key.ts';
import type { createTradingKey } from '#venues/keys/trading-signer.ts';
import { TEST_MASTER_KEY } from './api.ts';

/** Limits of a deployment that a test sets. */
export interface DeploymentLimits {
  maxOpenPositions?: number;
  maxNotionalUsd?: string;
  maxLeverage?: number;
}

/** Writes a deployment of an agent of its own for a wallet, without an API. */
export async function writeDeployment(
  db: Database,
  { walletAddress, ...limits }: { walletAddress: string } & DeploymentLimits,
): Promise<{ agentId: string; deploymentId: string }> {
  const user = await db.user.create({ data: { name: randomUUID() } });
  const agent = await createAgent(db, {
    name: randomUUID(),
    ownerId: user.id,
    venuePreference: [],
    minConfidence: 0.5,
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    signalTtlMs: 300_000,
    maxDriftPct: 1,
    sources: [],
  });
  if (!agent) throw new Error('the name of the agent is taken');
  const { id: deploymentId } = await db.agentDeployment.create({
    data: {
      agentId: agent.id,
      userId: user.id,
      walletAddress,
      maxNotionalUsd: '5000',
      ...limits,
      trialEndsAt: new Date(Date.now() + 86_400_000),
    },
  });
  return { agentId: agent.id, deploymentId };
}

/** Writes a trading key that the wallet has approved, sealed with the key of the tests. */
export async function writeTradingKey(
  db: Database,
  { deploymentId, venue }: { deploymentId: string; venue: VenueName },
  { address, privateKey }: ReturnType<typeof createTradingKey>,
): Promise<void> {
  const bound = { deploymentId, venue, address };
  const sealed = sealKey(TEST_MASTER_KEY, bound, privateKey);
  await db.tradingKey.create({ data: { ...sealed, ...bound, status: 'approved' } });
}

/** Writes a call by hand of an agent, a long of 1,000 USD in BTC unless the draft says otherwise; returns its id. */
export async function writeSignal(
  db: Database,
  agentId: string,
  draft: Partial<SignalDraft>,
): Promise<string> {
  const now = Date.now();
  const created = await createSignal(db, {
    agentId,
    symbol: 'BTC',
    side: 'long',
    origin: 'manual',
    messageId: null,
    confidence: 1,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    barriers: { stopLoss: { pct: 5 } },
    requestedVenue: 'MULTI',
    leverage: null,
    referencePrice: null,
    maxDriftPct: 50,
    calledAt: now,
    expiresAt: now + 300_000,
    ...draft,
  });
  if (!created.created) throw new Error('the agent has made this call already');
  return created.signalId;
}
