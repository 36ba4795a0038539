import { z } from 'zod';
import { SourceInputError } from '../errors.ts';
import type { XPost } from './post.ts';

/** The posts of an account that are read beside its own words. */
export const xOptions = z.strictObject({
  /** Whether what the account repeats of others is read. A repost is not its author's call. */
  reposts: z.boolean().default(false),
  /** Replies: none, those to posts of the account itself (threads), or all. */
  replies: z.enum(['none', 'own', 'all']).default('none'),
});
export type XOptions = z.output<typeof xOptions>;

/** Returns whether the options let a post through. */
export function isWanted({ kind, isOwnThread }: XPost, { reposts, replies }: XOptions): boolean {
  if (kind === 'repost') return reposts;
  if (kind !== 'reply') return true;
  return replies === 'all' || (replies === 'own' && isOwnThread);
}

/** Returns the kinds that the API is asked to leave out, for `exclude`; null for none. */
export function excludedKinds({ reposts, replies }: XOptions): string | null {
  // Threads are replies too, so that only code can tell them from others.
  const kinds = [...(replies === 'none' ? ['replies'] : []), ...(reposts ? [] : ['retweets'])];
  return kinds.length === 0 ? null : kinds.join(',');
}

/** Returns the name of an account in small letters; reads `@name`, `name` and `https://x.com/name`. */
export function parseXHandle(handle: string): string {
  const name = handle.trim().replace(/^(?:https?:\/\/(?:www\.)?(?:x|twitter)\.com\/|@)/i, '');
  if (/^\w{1,15}$/.test(name)) return name.toLowerCase();
  throw new SourceInputError(
    '/handle',
    'must be the name of an account: up to 15 letters, digits and _, such as @example',
  );
}
