import { warnedDays } from '#domain/trading-key.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { recordForLiveTrades, type TradeEventDraft } from '#prisma/repositories/trade-events.ts';
import {
  saveKeyAnswer,
  saveStillWaiting,
  type KeptKey,
  type KeyAnswer,
} from '#prisma/repositories/trading-keys.ts';
import type { KeyState } from '#venues/venue.ts';
import { venueOf } from '../deps.ts';
import { KEY_KEEPER, type KeyDeps } from './deps.ts';
import { handOver, type HandedOver } from './hand-over.ts';

/**
 * Asks the venue what it lets a key do, and writes that down. A key that waits takes over once the venue accepts it;
 * for one that signs, trades that hang on it are told of its end and, weeks before, that it comes. Returns the ids of
 * the deployments for which the key has taken over. Throws `VenueError` when the venue cannot say, `KeyUnreadableError` when a key that was to take
 * over does not open.
 */
export async function checkKey(deps: KeyDeps, key: KeptKey, actor: string = KEY_KEEPER): Promise<HandedOver> {
  const state = await venueOf(deps, key.venue).accounts.keyState(key.accountId, key.address);
  const at = deps.now();
  const answer = answerOf(key, state, at);
  if (!key.active && answer.isApproved) return handOver(deps, key, answer, actor);
  await (key.active ? noteAnswer(deps, key, answer, actor) : saveStillWaiting(deps.db, key, at));
  return [];
}

/** A key that the venue lists no more keeps the time at which it had been going to end, once that has passed. */
function answerOf({ validUntil }: KeptKey, state: KeyState, at: number): KeyAnswer {
  if (state.state !== 'removed') {
    return { isApproved: state.state === 'approved', validUntil: state.validUntil, at };
  }
  const hasExpired = validUntil !== null && validUntil <= at;
  return { isApproved: false, validUntil: hasExpired ? validUntil : null, at };
}

async function noteAnswer(deps: KeyDeps, key: KeptKey, answer: KeyAnswer, actor: string): Promise<void> {
  // It was replaced since it was read: nothing hangs on it any more.
  if (!(await saveKeyAnswer(deps.db, key, answer))) return;
  await auditApproval(deps, key, answer, actor);
  if (!answer.isApproved) return alarm(deps, key, answer);
  await warn(deps, key, answer);
}

async function auditApproval(
  { db }: KeyDeps,
  { deploymentId, address, status }: KeptKey,
  { isApproved }: KeyAnswer,
  actor: string,
): Promise<void> {
  if (isApproved === (status === 'approved')) return;
  await recordChange(db, {
    actor,
    action: 'deployment.approval',
    subject: `deployment/${deploymentId}`,
    before: { tradingKey: address, status },
    after: { tradingKey: address, status: isApproved ? 'approved' : 'pending' },
  });
}

/** A key that signs for open trades is not accepted any more: what rests at the venue stays, and nothing can be sent. */
async function alarm(
  { db, logger }: KeyDeps,
  { deploymentId, venue, address, status, hasLiveTrades }: KeptKey,
  { validUntil }: KeyAnswer,
): Promise<void> {
  const why = validUntil === null ? 'is not accepted by the venue any more' : 'has expired';
  const about = { deploymentId, venue, tradingKey: address, validUntil };
  if (hasLiveTrades) logger.error(about, `ALARM: a trading key with open trades ${why}`);
  else if (status === 'approved') logger.warn(about, `a trading key ${why}`);
  const text = `ALARM: the trading key ${address} ${why}. Stop and targets rest as they are, no order of this trade can be sent: replace the key with signalman deployments key rotate ${deploymentId}`;
  const line = { key: `key_lost/${address}`, type: 'key_lost', text, data: about };
  await recordForLiveTrades(db, { deploymentId, venue }, line);
  if (!hasLiveTrades && status !== 'approved') return;
  await recordSystemEvent(db, {
    key: `key_lost/${deploymentId}/${address}`,
    type: hasLiveTrades ? 'key_lost' : 'key_unaccepted',
    text: `${hasLiveTrades ? 'ALARM: open trades hang on it: the' : 'The'} trading key ${address} at ${venue} ${why}. Replace it with: signalman deployments key rotate ${deploymentId}`,
    data: about,
    deploymentId,
    venue,
  });
}

/** Tells weeks before that a key will end; in the audit log once for each of the times at which is warned. */
async function warn(deps: KeyDeps, key: KeptKey, { validUntil, at }: KeyAnswer): Promise<void> {
  const days = warnedDays(validUntil, at);
  if (days === null || validUntil === null) return;
  const { deploymentId, venue, address } = key;
  const until = new Date(validUntil).toISOString();
  const line: Omit<TradeEventDraft, 'tradeId'> = {
    key: `key_expiring/${address}/${days}`,
    type: 'key_expiring',
    text: `The trading key ${address} expires at ${until}: replace it with signalman deployments key rotate ${deploymentId}`,
    data: { deploymentId, venue, tradingKey: address, validUntil },
  };
  await recordForLiveTrades(deps.db, { deploymentId, venue }, line);
  await recordSystemEvent(deps.db, { ...line, key: `${line.key}/${deploymentId}`, deploymentId, venue });
  if (key.checkedAt !== null && warnedDays(key.validUntil, key.checkedAt) === days) return;
  deps.logger.warn(line.data ?? {}, 'a trading key is going to expire');
  await recordChange(deps.db, {
    actor: KEY_KEEPER,
    action: 'deployment.key.expiring',
    subject: `deployment/${deploymentId}`,
    after: { venue, tradingKey: address, validUntil: until },
  });
}
