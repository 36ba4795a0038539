import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workflowIds } from '#workflows/names.ts';
import type { Stage } from './stage.ts';

const MAX_LINES = 25;
const MAX_TEXT = 400;

/** What workers and Temporal know of a trade that its story does not tell. */
export interface Traces {
  /** Returns the last warnings and errors about a trade in the workers' logs, oldest first. */
  warningsOf(tradeId: string): string[];
  /** Returns the steps that a trade's workflow waits for, with their last failure. */
  pendingOf(signalId: string, deploymentId: string): Promise<string[]>;
}

export function readTraces({ system: { stateDir, temporal } }: Stage): Traces {
  const files = readdirSync(stateDir).filter((name) => /^worker-\d+\.log$/.test(name));
  const lines = files.flatMap((name) => readFileSync(join(stateDir, name), 'utf8').split('\n'));
  const warnings = lines.filter((line) => /"level":(?:"(?:warn|error|fatal)"|[456]0)/.test(line));
  return {
    warningsOf: (tradeId) =>
      warnings
        .filter((line) => line.includes(tradeId))
        .slice(-MAX_LINES)
        .map((line) => `log ${line.slice(0, MAX_TEXT)}`),
    async pendingOf(signalId, deploymentId) {
      const handle = temporal.workflow.getHandle(workflowIds.trade(signalId, deploymentId));
      const { status, raw } = await handle.describe();
      const pending = raw.pendingActivities ?? [];
      return [
        `workflow ${status.name}`,
        ...pending.map(
          ({ activityType, attempt, state, lastFailure }) =>
            `waits for ${activityType?.name}, attempt ${attempt}, state ${state}: ${lastFailure?.message ?? ''}`,
        ),
      ];
    },
  };
}
