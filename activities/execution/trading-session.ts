import type { AccountId, VenueName } from '#domain/ids.ts';
import { requireHold, type TradeHold } from '#prisma/repositories/trade-lock.ts';
import { drawNonce, type NonceDraw } from '#prisma/repositories/nonces.ts';
import { listKeysOfAddress, findTradingKey } from '#prisma/repositories/trading-keys.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import type { Outcome, TradingAccount, TradingSigner, Venue } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import { checkKeysOf } from '../trading-keys/keep-keys.ts';
import { nonceTime } from './nonce-time.ts';
import { openSigner } from '../trading-keys/open-signer.ts';

/** An account ready to trade: its venue, its signer, and fresh nonces. */
export interface TradingSession {
  /** The deployment whose trading key signs. */
  deploymentId: string;
  venue: Venue;
  account: TradingAccount;
  /**
   * Hold of the trade under which nonces are drawn, orders written and commands sent; none unless the trade is locked.
   */
  hold?: TradeHold | undefined;
  /**
   * Returns the next nonce. Throws `KeyReplacedError` when another key signs for the deployment, and `HoldLostError`.
   */
  nextNonce(): Promise<number>;
  /** Returns the values by which a statement draws a nonce and writes orders at once. */
  nonceDraw(): Promise<NonceDraw>;
  /** Returns the session for one holder of the trade. */
  under(hold: TradeHold): TradingSession;
  /** Opens the account anew, with the key that signs for the deployment now. */
  reopened(): Promise<TradingSession>;
  /**
   * Returns the account with the key that signed an earlier order, so that its nonce can be fenced off. Returns null
   * when that key does not open.
   */
  signedBy(signer: string | null): Promise<TradingAccount | null>;
}

/** The deployment has no trading key for the venue. */
export class NoTradingKeyError extends Error {
  override name = 'NoTradingKeyError';
  readonly code = 'no_trading_key';
}

/** Another key signs for the deployment by now, and signs the next attempt. */
export class KeyReplacedError extends Error {
  override name = 'KeyReplacedError';
  readonly code = 'trading_key_replaced';
}

/** The deployment and venue whose account is opened. */
export interface SessionOwner {
  deploymentId: string;
  accountId: AccountId;
  venue: VenueName;
}

/** Codes of venues that do not accept the key that signed. */
const KEY_REFUSALS: ReadonlySet<string> = new Set(['signer_unknown', 'wallet_not_approved']);
/** A refused key is checked no more often than this. */
const ASK_EVERY_MS = 5_000;

export type OpenSession = (owner: SessionOwner) => Promise<TradingSession>;

/**
 * Opens accounts, and keeps each signer until its key is replaced: a private key is unsealed once and never leaves the
 * signer. A replaced key shows when a nonce is drawn, because only the active key has nonces. Throws
 * `NoTradingKeyError` or `KeyUnreadableError`.
 */
export function createTradingSessions(deps: TradingDeps): OpenSession {
  const signers = new Map<string, Promise<TradingSigner>>();
  const askedAt = new Map<string, number>();

  /**
   * Checks the keys of a deployment after the venue refused one: another key may be approved in its place. No order
   * waits for that.
   */
  function noteRefusal({ deploymentId, venue }: SessionOwner): void {
    const key = `${deploymentId}/${venue}`;
    if (deps.now() - (askedAt.get(key) ?? 0) < ASK_EVERY_MS) return;
    askedAt.set(key, deps.now());
    checkKeysOf(deps, { deploymentId, venue }).catch((err: unknown) =>
      deps.logger.error(
        { err, deploymentId, venue },
        'ALARM: a trading key was refused, and cannot be checked',
      ),
    );
  }

  async function findSigner({ deploymentId, venue }: SessionOwner): Promise<TradingSigner> {
    const key = await findTradingKey(deps.db, deploymentId, venue);
    if (!key) throw new NoTradingKeyError(`deployment ${deploymentId} has no trading key for ${venue}`);
    return openSigner(deps, key);
  }

  async function signerOf(owner: SessionOwner): Promise<TradingSigner> {
    const cacheKey = `${owner.deploymentId}/${owner.venue}`;
    const pending = signers.get(cacheKey) ?? findSigner(owner);
    signers.set(cacheKey, pending);
    // A failure is not kept, since the operator may correct the key while this process runs.
    return pending.catch((error: unknown) => {
      signers.delete(cacheKey);
      throw error;
    });
  }

  async function open(owner: SessionOwner, hold?: TradeHold): Promise<TradingSession> {
    return sessionOf(owner, { accountId: owner.accountId, signer: await signerOf(owner) }, hold);
  }

  function sessionOf(owner: SessionOwner, account: TradingAccount, hold?: TradeHold): TradingSession {
    const { deploymentId, accountId, venue: name } = owner;
    const { signer } = account;
    const venue = withRefusals(venueOf(deps, name), () => noteRefusal(owner));
    const forget = () => signers.delete(`${deploymentId}/${name}`);
    const nonceDraw = async () => ({
      deploymentId,
      signer: signer.address,
      now: await nonceTime(deps.now(), { venue, accountId }),
      hold,
    });
    return {
      deploymentId,
      venue,
      account,
      hold,
      nonceDraw,
      under: (held) => sessionOf(owner, account, held),
      async nextNonce() {
        const nonce = await drawNonce(deps.db, await nonceDraw());
        if (nonce !== null) return nonce;
        await requireHold(deps.db, hold);
        forget();
        throw new KeyReplacedError(`the trading key of deployment ${deploymentId} at ${name} was replaced`);
      },
      reopened() {
        forget();
        return open(owner, hold);
      },
      async signedBy(address) {
        if (address === null || address === signer.address) return { accountId, signer };
        const earlier = await openEarlier(address);
        return earlier && { accountId, signer: earlier };
      },
    };
  }

  /** Returns the signer of a replaced key, whichever deployment it is sealed for; null when none of them opens. */
  async function openEarlier(address: string): Promise<TradingSigner | null> {
    for (const key of await listKeysOfAddress(deps.db, address)) {
      try {
        return openSigner(deps, key);
      } catch (error) {
        if (!(error instanceof KeyUnreadableError)) throw error;
      }
    }
    return null;
  }

  return (owner) => open(owner);
}

/** Returns the venue with a call of `onRefusal` whenever it does not accept the key that signed a command. */
function withRefusals(venue: Venue, onRefusal: () => void): Venue {
  const { execution } = venue;
  async function told<Value>(sent: Promise<Outcome<Value>>): Promise<Outcome<Value>> {
    const outcome = await sent;
    if (outcome.kind === 'rejected' && KEY_REFUSALS.has(outcome.code)) onRefusal();
    return outcome;
  }
  return {
    ...venue,
    execution: {
      ...execution,
      place: (...order) => told(execution.place(...order)),
      modify: (...change) => told(execution.modify(...change)),
      cancel: (...orders) => told(execution.cancel(...orders)),
      cancelResting: (...orders) => told(execution.cancelResting(...orders)),
      setLeverage: (...setting) => told(execution.setLeverage(...setting)),
    },
  };
}
