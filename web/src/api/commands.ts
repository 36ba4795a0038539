import type { Agent, agentInput } from '#api/schemas/agent.ts';
import type { Brake } from '#api/schemas/brake.ts';
import type { CloseAllAnswer, TradeAdjusted, TradeRequested } from '#api/schemas/trade.ts';
import type {
  ChangedDeploymentLimits,
  Deployment,
  deploymentInput,
  limitsInput,
} from '#api/schemas/deployment.ts';
import type { Schedule } from '#api/schemas/schedule.ts';
import type { ReconcileStarted } from '#api/schemas/reconcile.ts';
import type { ApiKey, ApiKeyMade } from '#api/schemas/api-key.ts';
import type { z } from 'zod';
import { patch, post, remove } from './client.ts';

/** Exits of an open trade as a person gives them; a part that is left out stays, `null` takes it away. */
export interface Adjustment {
  stopLoss?: { price: string } | { pct: number };
  takeProfits?: { price: string; fraction: number }[] | null;
}

/** Returns a new key under which an act is done at most once, however often it is sent. */
export const newKey = (): string => crypto.randomUUID();

export const closeTrade = (id: string, once: string): Promise<TradeRequested> =>
  post(`/trades/${id}/close`, { once });
export const pauseTrade = (id: string): Promise<TradeRequested> => post(`/trades/${id}/pause`);
export const resumeTrade = (id: string): Promise<TradeRequested> => post(`/trades/${id}/resume`);
export const adjustTrade = (id: string, barriers: Adjustment, once: string): Promise<TradeAdjusted> =>
  post(`/trades/${id}/adjust`, { body: { barriers }, once });
export const closeAll = (once: string): Promise<CloseAllAnswer> =>
  post('/trades/close-all', { body: { pause: false }, once });

/** Stops entries, everywhere unless a venue, an agent or a deployment is named. */
export const setBrake = (brake: { reason: string; venue?: string }, once: string): Promise<Brake> =>
  post('/brakes', { body: brake, once });
export const releaseBrake = (id: string): Promise<Brake> => post(`/brakes/${id}/release`);

export const pauseDeployment = (id: string): Promise<Deployment> => post(`/deployments/${id}/pause`);
export const resumeDeployment = (id: string): Promise<Deployment> => post(`/deployments/${id}/resume`);
export const changeSchedule = (name: string, action: 'pause' | 'resume' | 'trigger'): Promise<Schedule> =>
  post(`/schedules/${name}/${action}`);
export const reconcileNow = (): Promise<ReconcileStarted> => post('/reconcile');
export const createAgent = (body: z.input<typeof agentInput>): Promise<Agent> => post('/agents', { body });
export const publishAgent = (id: string, published: boolean): Promise<Agent> =>
  post(`/agents/${id}/publish`, { body: { published } });
export const changeSource = (id: string, action: 'pause' | 'resume'): Promise<void> =>
  post(`/sources/${id}/${action}`);

export const makeApiKey = (name: string): Promise<ApiKeyMade> => post('/api-keys', { body: { name } });
export const revokeApiKey = (id: string): Promise<ApiKey> => post(`/api-keys/${id}/revoke`);
export const endSession = (id: string): Promise<unknown> => remove(`/sessions/${id}`);

export const createDeployment = (
  agentId: string,
  body: z.input<typeof deploymentInput>,
): Promise<Deployment> => post(`/agents/${agentId}/deployments`, { body });
/** Asks the venues which keys the wallet has approved. */
export const askApproval = (id: string): Promise<Deployment> => post(`/deployments/${id}/approval`);

export const changeLimits = (
  id: string,
  body: z.input<typeof limitsInput>,
): Promise<ChangedDeploymentLimits> => patch(`/deployments/${id}`, { body });
