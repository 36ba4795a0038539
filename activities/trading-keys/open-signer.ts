import { sealKeyAgain, type TradingKeyRecord } from '#prisma/repositories/trading-keys.ts';
import { KeyUnreadableError, openSealedKey, sealKey } from '#venues/keys/sealed-key.ts';
import { createTradingSigner } from '#venues/keys/trading-signer.ts';
import type { TradingSigner } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';

/**
 * Opens a trading key for signing. A key that is sealed in an older way is sealed anew meanwhile: no order waits for
 * that. Throws `KeyUnreadableError`, also when the key inside belongs to another address.
 */
export function openSigner(
  { db, logger, masterKeys }: Pick<TradingDeps, 'db' | 'logger' | 'masterKeys'>,
  key: TradingKeyRecord,
): TradingSigner {
  const { privateKey, isStale } = openSealedKey(masterKeys, key);
  const signer = createTradingSigner(privateKey);
  if (signer.address !== key.address) {
    throw new KeyUnreadableError(
      `what is sealed as trading key ${key.address} is the key of another address`,
    );
  }
  const [current] = masterKeys;
  if (isStale && current) {
    sealKeyAgain(db, key, sealKey(current, key, privateKey)).catch((err: unknown) =>
      logger.warn({ err, tradingKey: key.address }, 'the trading key could not be sealed anew yet'),
    );
  }
  return signer;
}
