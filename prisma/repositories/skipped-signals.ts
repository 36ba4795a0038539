import { REFUSALS, type RefusalCode } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { ms } from './rows.ts';
import { heardBy, type OfUser } from './visible-rows.ts';

/** A message or signal that was not traded, with the reason. */
export interface SkipDraft {
  /** Identifies the skipped thing; each subject is recorded once. */
  subject: string;
  code: RefusalCode;
  /** Defaults to the sentence of the code. */
  text?: string;
  signalId?: string | null;
  messageId?: string | null;
  deploymentId?: string | null;
}

export interface SkippedSignalRow {
  id: string;
  subject: string;
  code: string;
  text: string;
  signalId: string | null;
  messageId: string | null;
  deploymentId: string | null;
  createdAt: number;
}

/** Subjects of skips: one form each, so that every writer arrives at the same row. */
export const skipSubjects = {
  malformedMessage: (sourceAccountId: string, externalId: string) =>
    `malformed/${sourceAccountId}/${externalId}`,
  message: (messageId: string) => `message/${messageId}`,
  deletion: (messageId: string) => `deletion/${messageId}`,
  followUp: (messageId: string, agentId: string, code: string) => `follow-up/${messageId}/${agentId}/${code}`,
  revision: (revisionId: string) => `revision/${revisionId}`,
  idea: (messageId: string, agentId: string, symbol: string, side: string) =>
    `idea/${messageId}/${agentId}/${symbol}/${side}`,
  duplicate: (signalId: string, of: string) => `duplicate/${signalId}/${of}`,
  signal: (signalId: string) => `signal/${signalId}`,
  deployment: (signalId: string, deploymentId: string) => `deployment/${signalId}/${deploymentId}`,
} as const;

/** Records skips; known subjects are unchanged. Returns how many are new. */
export async function recordSkips(db: DatabaseOrTransaction, drafts: readonly SkipDraft[]): Promise<number> {
  if (drafts.length === 0) return 0;
  const data = drafts.map(({ text, ...draft }) => ({ ...draft, text: text ?? REFUSALS[draft.code] }));
  const { count } = await db.skippedSignal.createMany({ data, skipDuplicates: true });
  return count;
}

/** Records one skip; returns whether its subject is new. */
export const recordSkip = async (db: DatabaseOrTransaction, draft: SkipDraft): Promise<boolean> =>
  (await recordSkips(db, [draft])) === 1;

export interface SkipFilter extends OfUser {
  limit: number;
  /** The id of the last row of the page before. */
  after?: string;
  signalId?: string;
  messageId?: string;
  deploymentId?: string;
}

/** Skips that a user sees: of own deployments, and whole signals of agents that the user hears. */
const seenBy = (ofUser: string): Prisma.SkippedSignalWhereInput => ({
  OR: [{ deployment: { userId: ofUser } }, { deploymentId: null, signal: { agent: heardBy(ofUser) } }],
});

/** Skips, newest first. */
export async function listSkips(db: DatabaseOrTransaction, filter: SkipFilter): Promise<SkippedSignalRow[]> {
  const { limit, after, ofUser, ...where } = filter;
  const rows = await db.skippedSignal.findMany({
    where: {
      ...where,
      ...(ofUser !== undefined && seenBy(ofUser)),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map((row) => ({ ...row, createdAt: ms(row.createdAt) }));
}
