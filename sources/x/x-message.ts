import type { IncomingMessage } from '../source.ts';
import type { XPost } from './post.ts';

/** Returns a post as a message; its id is that of its first version. */
export const messageOf = (
  { id, firstId, authorId, text, postedAt }: XPost,
  username: string,
): IncomingMessage => ({
  externalId: firstId,
  author: `@${username}`,
  ...(authorId !== null && { authorId }),
  text,
  postedAt,
  url: `https://x.com/${username}/status/${id}`,
});
