import { NOTHING_DELIVERED } from '../source.ts';
import type { HeardDelivery, ListenedAccount, ListenRequest } from '../listening.ts';
import { readActivityLine, type ActivityEvent } from './activity-event.ts';
import type { XAccess } from './api.ts';
import { openActivityStream } from './open-stream.ts';
import { isWanted, type XOptions } from './options.ts';
import { subscribeTo } from './subscriptions.ts';
import { messageOf } from './x-message.ts';

/** Edits whose first version is remembered, for their deletion. */
const REMEMBERED_EDITS = 1_000;

/**
 * Delivers posts and deletions of the accounts as the activity stream tells them, until it ends. The stream may tell a
 * post twice or not at all: each time it opens, the accounts are polled for what it did not tell. Throws a `SourceError`
 * when it fails.
 *
 * Source: x-api/activity/quickstart.mdx of xdevplatform/docs, which sends a sign of life every 20 s.
 */
export async function hearActivity(
  access: XAccess,
  { silentForMs, ...request }: ListenRequest<XOptions> & { silentForMs: number },
): Promise<void> {
  const { accounts, signal, alive } = request;
  await subscribeTo(
    access,
    accounts.flatMap(({ externalId }) => externalId ?? []),
    signal,
  );
  const firstIds = new Map<string, string>();
  let isOpen = false;
  for await (const line of openActivityStream(access, { signal, silentForMs })) {
    alive();
    if (!isOpen) await request.catchUp(accounts.map(({ id }) => id));
    isOpen = true;
    const event = line === '' ? null : readActivityLine(line);
    if (event) await deliverEvent(event, request, firstIds);
  }
}

async function deliverEvent(
  event: ActivityEvent,
  { accounts, deliver }: ListenRequest<XOptions>,
  firstIds: Map<string, string>,
): Promise<void> {
  if (event.type === 'created' && event.post.isEdit) remember(firstIds, event.post);
  for (const account of accounts.filter(({ externalId }) => externalId === event.userId)) {
    const delivery = toDelivery(event, account, firstIds);
    if (delivery) await deliver(account.id, delivery);
  }
}

function remember(firstIds: Map<string, string>, { id, firstId }: { id: string; firstId: string }): void {
  firstIds.set(id, firstId);
  const [oldest] = firstIds.keys();
  if (firstIds.size > REMEMBERED_EDITS && oldest !== undefined) firstIds.delete(oldest);
}

/** Counts no cost: the poll that follows reads the post once more and counts it, and X charges for it once a day. */
function toDelivery(
  event: ActivityEvent,
  { handle, options }: ListenedAccount<XOptions>,
  firstIds: ReadonlyMap<string, string>,
): HeardDelivery | null {
  if (event.type === 'deleted') {
    const externalId = firstIds.get(event.postId) ?? event.postId;
    return { ...NOTHING_DELIVERED, deletions: [{ externalId, deletedAt: Date.now() }] };
  }
  const { post, username } = event;
  if (!isWanted(post, options)) return null;
  const message = messageOf(post, username ?? handle);
  return post.isEdit
    ? { ...NOTHING_DELIVERED, edits: [message] }
    : { ...NOTHING_DELIVERED, messages: [message] };
}
