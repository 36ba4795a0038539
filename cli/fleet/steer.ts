import { setTimeout as delay } from 'node:timers/promises';
import { ApiRequestError, type ApiClient } from '#api/client.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import type { Trade } from '#api/schemas/trade.ts';
import { shortId } from '#terminal/output.ts';
import { MAX_ROWS } from '../context.ts';

const LOOK_EVERY_MS = 300;

/** What became of one thing that was asked for. */
export interface Steered {
  /** `trade/ID` or `deployment/ID`. */
  subject: string;
  text: string;
  /** Null when it was done, or asked for. */
  problem: string | null;
}

/** Returns the trades of deployments in these phases. */
export async function tradesOf(
  api: ApiClient,
  deployments: readonly Deployment[],
  phases: readonly string[],
): Promise<Trade[]> {
  const ids = new Set(deployments.map(({ id }) => id));
  const only = deployments.length === 1 ? { deploymentId: deployments[0]?.id } : {};
  const trades = await api.list<Trade>('/trades', MAX_ROWS, { phase: phases.join(','), ...only });
  return trades.filter(({ deploymentId }) => ids.has(deploymentId));
}

/** Runs a request for each subject, one after the other; one that fails stops no other. */
async function forEach<Subject>(
  subjects: readonly Subject[],
  work: (subject: Subject) => Promise<Omit<Steered, 'problem'>>,
  subjectOf: (subject: Subject) => string,
): Promise<Steered[]> {
  const done: Steered[] = [];
  for (const subject of subjects) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- in the order in which they were selected
      done.push({ ...(await work(subject)), problem: null });
    } catch (error) {
      if (!(error instanceof ApiRequestError)) throw error;
      done.push({
        subject: subjectOf(subject),
        text: error.message,
        problem: error.code ?? 'api_unreachable',
      });
    }
  }
  return done;
}

const nameOf = ({ id }: Deployment): string => `deployment/${id}`;

/** Pauses or resumes deployments. */
export const changeStatus = (
  api: ApiClient,
  deployments: readonly Deployment[],
  action: 'pause' | 'resume',
): Promise<Steered[]> =>
  forEach(
    deployments,
    async (deployment) => {
      await api.post(`/deployments/${deployment.id}/${action}`);
      const text = action === 'pause' ? 'takes no new trades' : 'takes new trades';
      return { subject: nameOf(deployment), text };
    },
    nameOf,
  );

/** Asks trades to close. */
export const askToClose = (api: ApiClient, trades: readonly Trade[], note?: string): Promise<Steered[]> =>
  forEach(
    trades,
    async ({ id, symbol }) => {
      await api.post(`/trades/${id}/close`, note === undefined ? {} : { note });
      return { subject: `trade/${id}`, text: `${symbol} asked to close` };
    },
    ({ id }) => `trade/${id}`,
  );

/** Waits until no trade of the deployments is in the phases, at most `waitMs`. Returns those that still are. */
export async function awaitNone(
  api: ApiClient,
  deployments: readonly Deployment[],
  { phases, waitMs }: { phases: readonly string[]; waitMs: number },
): Promise<Trade[]> {
  const until = performance.now() + waitMs;
  for (;;) {
    const left = await tradesOf(api, deployments, phases);
    if (left.length === 0 || performance.now() + LOOK_EVERY_MS > until) return left;
    await delay(LOOK_EVERY_MS);
  }
}

export const describeLive = ({ id, side, remainingSize, symbol, venue, phase }: Trade): string =>
  `trade ${shortId(id)}: ${side} ${remainingSize ?? ''} ${symbol} at ${venue ?? 'no venue yet'} (${phase})`;
