import { recordChange } from '#prisma/repositories/audit-log.ts';
import { recordForLiveTrades } from '#prisma/repositories/trade-events.ts';
import {
  listKeysOfAddress,
  replaceKey,
  type KeptKey,
  type KeyAnswer,
  type TradingKeyRecord,
} from '#prisma/repositories/trading-keys.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import { openSigner } from './open-signer.ts';
import type { KeyDeps } from './deps.ts';

/** A handover that has happened: for which deployments, or for none when the key did not wait any more. */
export type HandedOver = readonly string[];

/**
 * Lets a key that the venue accepts sign from now on in place of the one that did: every later order of open trades
 * too, since nonces are drawn from the active key alone. Where deployments share the key, it takes over for all of them
 * at once. Returns the ids of the deployments. Throws `KeyUnreadableError`, with nothing changed, when the key does not open.
 */
export async function handOver(
  deps: KeyDeps,
  key: KeptKey,
  answer: KeyAnswer,
  actor: string,
): Promise<HandedOver> {
  openSigner(deps, key);
  const copies = await openableCopies(deps, key);
  const replaced = await deps.db.$transaction(async (tx) => {
    const done: TradingKeyRecord[] = [];
    for (const copy of copies) {
      // oxlint-disable-next-line no-await-in-loop -- in one order, so that two handovers never wait for each other
      if (!(await replaceKey(tx, copy, answer))) continue;
      const { deploymentId, venue, address } = copy;
      const after = { venue, tradingKey: address, validUntil: answer.validUntil };
      const subject = `deployment/${deploymentId}`;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await recordChange(tx, { actor, action: 'deployment.key.replace', subject, after });
      done.push(copy);
    }
    return done;
  });
  await Promise.all(replaced.map((copy) => tellReplaced(deps, copy)));
  return replaced.map(({ deploymentId }) => deploymentId);
}

/**
 * Returns the key as it is sealed for each deployment that it waits for. One that does not open is left out: that
 * deployment can sign with neither key, and the others must not wait for it.
 */
async function openableCopies(deps: KeyDeps, { address, venue }: KeptKey): Promise<TradingKeyRecord[]> {
  const copies = await listKeysOfAddress(deps.db, address);
  return copies.filter((copy) => {
    if (copy.venue !== venue || copy.active || copy.status === 'revoked') return false;
    try {
      openSigner(deps, copy);
      return true;
    } catch (err) {
      if (!(err instanceof KeyUnreadableError)) throw err;
      const about = { deploymentId: copy.deploymentId, venue, tradingKey: address, err };
      deps.logger.error(about, 'ALARM: a trading key that deployments share does not open for one of them');
      return false;
    }
  });
}

async function tellReplaced(
  { db, logger }: KeyDeps,
  { deploymentId, venue, address }: TradingKeyRecord,
): Promise<void> {
  logger.info({ deploymentId, venue, tradingKey: address }, 'a trading key was replaced');
  await recordForLiveTrades(
    db,
    { deploymentId, venue },
    {
      key: `key_replaced/${address}`,
      type: 'key_replaced',
      text: `The trading key ${address} signs from now on`,
      data: { deploymentId, venue, tradingKey: address },
    },
  );
}
