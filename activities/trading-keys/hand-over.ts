import { recordChange } from '#prisma/repositories/audit-log.ts';
import { recordForLiveTrades } from '#prisma/repositories/trade-events.ts';
import { replaceKey, type KeptKey, type KeyAnswer } from '#prisma/repositories/trading-keys.ts';
import { openSigner } from './open-signer.ts';
import type { KeyDeps } from './deps.ts';

/**
 * Lets a key that the venue accepts sign from now on in place of the one that did: every later order of open trades
 * too, since nonces are drawn from the active key alone. Returns false when it did not wait any more. Throws `KeyUnreadableError`, with nothing changed, when it does
 * not open.
 */
export async function handOver(
  deps: KeyDeps,
  key: KeptKey,
  answer: KeyAnswer,
  actor: string,
): Promise<boolean> {
  openSigner(deps, key);
  const { deploymentId, venue, address } = key;
  const isReplaced = await deps.db.$transaction(async (tx) => {
    if (!(await replaceKey(tx, key, answer))) return false;
    const after = { venue, tradingKey: address, validUntil: answer.validUntil };
    const subject = `deployment/${deploymentId}`;
    await recordChange(tx, { actor, action: 'deployment.key.replace', subject, after });
    return true;
  });
  if (!isReplaced) return false;
  deps.logger.info({ deploymentId, venue, tradingKey: address }, 'a trading key was replaced');
  await recordForLiveTrades(
    deps.db,
    { deploymentId, venue },
    {
      key: `key_replaced/${address}`,
      type: 'key_replaced',
      text: `The trading key ${address} signs from now on`,
      data: { deploymentId, venue, tradingKey: address },
    },
  );
  return true;
}
