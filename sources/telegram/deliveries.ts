import { NOTHING_DELIVERED } from '../source.ts';
import type { HeardDelivery, ListenedAccount } from '../listening.ts';
import type { TelegramOptions } from './options.ts';
import type { ChannelUpdate } from './update.ts';

/** Returns whether an account is the channel of a post: by its id, or by its name while the id is not known. */
export const isOf = (
  { handle, externalId }: Pick<ListenedAccount, 'handle' | 'externalId'>,
  { chatId, username }: ChannelUpdate,
): boolean => (externalId === null ? handle === chatId || handle === username : externalId === chatId);

/** Returns what posts mean for each account, in the order in which they came. Posts of other channels are left out. */
export function toDeliveries(
  accounts: readonly ListenedAccount<TelegramOptions>[],
  posts: readonly ChannelUpdate[],
): [accountId: string, delivery: HeardDelivery][] {
  return accounts.flatMap((account) => {
    const own = posts.filter((post) => isOf(account, post) && (account.options.forwards || !post.isForward));
    return own.length === 0 ? [] : [[account.id, toDelivery(own)]];
  });
}

function toDelivery(posts: readonly ChannelUpdate[]): HeardDelivery {
  const last = posts.at(-1);
  return {
    ...NOTHING_DELIVERED,
    messages: posts.filter(({ isEdit }) => !isEdit).flatMap(({ message }) => message ?? []),
    edits: posts.filter(({ isEdit }) => isEdit).flatMap(({ message }) => message ?? []),
    ...(last && { identity: { externalId: last.chatId, ...(last.title !== null && { title: last.title }) } }),
  };
}
