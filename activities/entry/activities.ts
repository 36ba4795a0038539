import { getTrade } from '#prisma/repositories/trades.ts';
import type { EntryActivities, Planned, Refused } from '../contract.ts';
import { createApprovalCheck } from '../execution/approvals.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { refuse } from '../ledger/refuse.ts';
import type { EntryDeps } from './decide.ts';
import { createEarlyEntries, type EarlyEntries, type EntrySteps } from './early-entries.ts';
import { enterTrade } from './enter-trade.ts';
import { createLastVenues } from './last-venues.ts';
import { planTrade } from './plan-trade.ts';
import { prefetch } from './prefetch.ts';
import { readSubject, type DecisionInput } from './subject.ts';

/** Enters signals: as the first step of their workflows, and before that step where a post is heard in time. */
export interface Entry {
  activities: EntryActivities;
  earlyEntries: Pick<EarlyEntries, 'begin'>;
}

export function createEntry(execution: ExecutionDeps): Entry {
  const deps: EntryDeps = { ...execution, isApproved: createApprovalCheck(execution.now) };
  const earlyEntries = createEarlyEntries(earlySteps(deps));
  return {
    earlyEntries,
    activities: {
      enterTrade: async (input) => (await earlyEntries.takeResult(input)) ?? planAndEnter(deps, input),
      async skipTrade({ tradeId, code, text }) {
        await refuse(deps.db, await getTrade(deps.db, tradeId), { code, text });
      },
    },
  };
}

async function planAndEnter(
  deps: EntryDeps,
  { mayOpen, ...input }: DecisionInput & { mayOpen: boolean },
): Promise<Planned | Refused> {
  const subject = await readSubject(deps, input);
  return enterTrade(deps, await planTrade(deps, subject, mayOpen), mayOpen);
}

/** Returns the steps of an early entry, which asks the deployment's last venue before the database has answered. */
function earlySteps(deps: EntryDeps): EntrySteps {
  const lastVenues = createLastVenues();
  return {
    read(post) {
      const last = lastVenues.lastVenueOf(post.deploymentId);
      return readSubject(deps, post, last && prefetch(deps, last, post.symbol));
    },
    async plan(subject) {
      const plan = await planTrade(deps, subject, true);
      if (!('outcome' in plan)) lastVenues.remember(plan.deployment.id, plan.venue, plan.trade.accountId);
      return plan;
    },
    enter: (plan) => enterTrade(deps, plan, true),
  };
}
