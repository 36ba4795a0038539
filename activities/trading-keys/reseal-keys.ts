import { listKeysSealedOtherwise, sealKeyAgain } from '#prisma/repositories/trading-keys.ts';
import { KeyUnreadableError, openSealedKey, sealKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import type { Database } from '#prisma/client.ts';

const PAGE = 200;

/** What became of the keys that another master key had sealed. */
export interface Resealed {
  resealed: number;
  /** Why each of the others does not open; at most some of them. */
  unreadable: string[];
}

/**
 * Seals every trading key anew that is not sealed with the first master key. Each is replaced in one statement, unless it
 * was replaced since it was read, so that this may run beside workers, end at any point and be run again. Workers have
 * to know both master keys.
 */
export async function resealKeys(
  db: Database,
  masterKeys: readonly [MasterKey, ...MasterKey[]],
): Promise<Resealed> {
  const [current] = masterKeys;
  const result: Resealed = { resealed: 0, unreadable: [] };
  for (let after: string | null = null; ;) {
    // oxlint-disable-next-line no-await-in-loop -- page after page
    const page = await listKeysSealedOtherwise(db, { masterKeyId: current.id, after, limit: PAGE });
    for (const key of page) {
      try {
        const { privateKey } = openSealedKey(masterKeys, key);
        // oxlint-disable-next-line no-await-in-loop -- one key after the other
        await sealKeyAgain(db, key, sealKey(current, key, privateKey));
        result.resealed += 1;
      } catch (error) {
        if (!(error instanceof KeyUnreadableError)) throw error;
        result.unreadable.push(error.message);
      }
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return result;
  }
}
