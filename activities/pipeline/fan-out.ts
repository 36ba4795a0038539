import { ApplicationFailure } from '@temporalio/common';
import type { Database } from '#prisma/client.ts';
import { listCalled } from '#prisma/repositories/deployments.ts';
import { listHeldCallIds } from '#prisma/repositories/held-calls.ts';
import { listOpenInstructions } from '#prisma/repositories/trade-instructions.ts';
import { listUnsentSignalIds, markSignalFannedOut, readSignal } from '#prisma/repositories/signals.ts';
import {
  recordSkip,
  recordSkips,
  skipSubjects,
  type SkipDraft,
} from '#prisma/repositories/skipped-signals.ts';
import type { FanOutActivities } from '../contract.ts';
import { tellUnheardInstructions } from './unheard-instructions.ts';

export interface FanOutDeps {
  db: Database;
  now: () => number;
}

export function createFanOutActivities({ db, now }: FanOutDeps): FanOutActivities {
  return {
    /** Those left out leave a skip each, with code `deployment_paused`, or one `no_deployment` for all. */
    async listDeployments({ signalId }) {
      const deployments = await listCalled(db, signalId);
      if (deployments.length === 0) await recordNoDeployment(db, signalId);
      const paused = deployments.filter(({ status }) => status === 'paused');
      await recordSkips(
        db,
        paused.map(({ id }) => toPausedSkip(signalId, id)),
      );
      const deploymentIds = deployments.filter(({ status }) => status === 'active').map(({ id }) => id);
      const [first] = deployments;
      if (!first) return { deploymentIds };
      const { symbol, side, agentName } = first;
      return { deploymentIds, subject: { symbol, side, agentName } };
    },
    async markFannedOut({ signalId }) {
      await markSignalFannedOut(db, signalId, now());
    },
    async listUnsentSignals({ limit }) {
      await tellUnheardInstructions(db, now());
      const [signalIds, instructions, heldCallIds] = await Promise.all([
        listUnsentSignalIds(db, limit),
        listOpenInstructions(db, { now: now(), limit }),
        listHeldCallIds(db, limit),
      ]);
      return { signalIds, instructions, heldCallIds };
    },
  };
}

const toPausedSkip = (signalId: string, deploymentId: string): SkipDraft => ({
  subject: skipSubjects.deployment(signalId, deploymentId),
  code: 'deployment_paused',
  signalId,
  deploymentId,
});

async function recordNoDeployment(db: Database, signalId: string): Promise<void> {
  if (!(await readSignal(db, signalId))) {
    throw ApplicationFailure.nonRetryable(`There is no signal ${signalId}.`, 'unknown_signal');
  }
  await recordSkip(db, { subject: skipSubjects.signal(signalId), code: 'no_deployment', signalId });
}
