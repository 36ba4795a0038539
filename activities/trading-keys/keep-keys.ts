import { isCheckDue } from '#domain/trading-key.ts';
import type { AccountId, VenueName } from '#domain/ids.ts';
import { listKeptKeys, type KeptKey } from '#prisma/repositories/trading-keys.ts';
import { checkKey } from './check-key.ts';
import { KEY_KEEPER, type KeyDeps } from './deps.ts';
import type { HandedOver } from './hand-over.ts';

/** Asks the venue about those keys of an account whose turn it is. A key that cannot be checked keeps nothing waiting. */
export async function keepKeys(deps: KeyDeps, of: { venue: VenueName; accountId: AccountId }): Promise<void> {
  const keys = await listKeptKeys(deps.db, of);
  const due = keys.filter((key) => isCheckDue(key, deps.now()));
  await checkKeys(due, (key) =>
    checkKey(deps, key).catch((err: unknown) => {
      deps.logger.warn(
        { err, venue: key.venue, tradingKey: key.address },
        'a trading key could not be checked',
      );
      return [];
    }),
  );
}

/** Asks the venue about every key of a deployment there. Throws what `checkKey` throws. */
export async function checkKeysOf(
  deps: KeyDeps,
  of: { deploymentId: string; venue: VenueName },
  actor: string = KEY_KEEPER,
): Promise<void> {
  await checkKeys(await listKeptKeys(deps.db, of), (key) => checkKey(deps, key, actor));
}

/** Keys that wait come first: what they have replaced is not asked about any more. */
async function checkKeys(
  keys: readonly KeptKey[],
  check: (key: KeptKey) => Promise<HandedOver>,
): Promise<void> {
  const replaced = new Set<string>();
  for (const key of keys.toSorted((a, b) => Number(a.active) - Number(b.active))) {
    if (replaced.has(key.deploymentId)) continue;
    // oxlint-disable-next-line no-await-in-loop -- a venue is asked about one key after the other
    for (const deploymentId of await check(key)) replaced.add(deploymentId);
  }
}
