import { RequestRefused } from '../wire/refusals.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

const KEPT_PER_SIGNER = 100;
const DAY_MS = 86_400_000;

/**
 * Replay protection per signing key. The 100 highest nonces are kept, and a new nonce must be higher than the lowest of
 * them. Source: the documentation's page on nonces.
 */
export class NonceBook {
  readonly #bySigner = new Map<string, number[]>();

  /** Uses up `nonce` for `signer`. Throws RequestRefused with the venue's text if it was used, is too low or too high. */
  use(signer: string, nonce: number, nowMs: number): void {
    const kept = this.#bySigner.get(signer) ?? [];
    this.#check(kept, nonce, nowMs);
    this.restore(signer, nonce);
  }

  /** Adds a nonce that an earlier run used up. The order of calls does not matter. */
  restore(signer: string, nonce: number): void {
    const kept = this.#bySigner.get(signer) ?? [];
    let at = kept.length;
    while (at > 0 && kept[at - 1]! > nonce) at--;
    kept.splice(at, 0, nonce);
    if (kept.length > KEPT_PER_SIGNER) kept.shift();
    this.#bySigner.set(signer, kept);
  }

  /** Forgets a signer, as the venue may do when an API wallet is replaced. */
  prune(signer: string): void {
    this.#bySigner.delete(signer);
  }

  *entries(): Iterable<[string, number]> {
    for (const [signer, nonces] of this.#bySigner) for (const nonce of nonces) yield [signer, nonce];
  }

  #check(kept: readonly number[], nonce: number, nowMs: number): void {
    if (kept.includes(nonce)) throw new RequestRefused(VENUE_TEXT.duplicateNonce(nonce));
    const leastByTime = nowMs - 2 * DAY_MS;
    const least = kept.length < KEPT_PER_SIGNER ? leastByTime : Math.max(kept[0]!, leastByTime);
    if (nonce <= least) throw new RequestRefused(VENUE_TEXT.nonceTooLow(nonce, least));
    if (nonce >= nowMs + DAY_MS) throw new RequestRefused(VENUE_TEXT.nonceTooHigh(nonce, nowMs + DAY_MS));
  }
}
