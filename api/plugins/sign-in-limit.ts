import { hashApiKey } from '#prisma/repositories/api-keys.ts';
import { ProblemError } from '../problem.ts';

/** Different wrong keys that an address may try in a window. */
const MAX_GUESSES = 10;
/**
 * How often an address may send one wrong key in a window: a client with an old key does not shut out others at its
 * address.
 */
const MAX_REPEATS = 30;
const WINDOW_MS = 60_000;
/** Addresses remembered at a time; the one that failed first is forgotten first. */
const MAX_ADDRESSES = 5_000;
/** Credentials remembered that signed in. */
const MAX_KNOWN = 10_000;

/** An attempt to sign in: its address and its credential, unchanged. */
export interface SignInAttempt {
  address: string;
  credential: string;
}

/** Counts failed sign-ins per address, in the memory of this process. */
export interface SignInLimit {
  /** Throws `sign_in_limited` when the address has failed too often, for a right key too. */
  check(attempt: SignInAttempt): void;
  /**
   * Begins an attempt and returns how to end it. Throws as `check` does, and while ten other credentials of the address
   * are tried: of guesses that come at once no more are answered than of those that come one after the other.
   */
  begin(attempt: SignInAttempt): () => void;
  failed(attempt: SignInAttempt): void;
  /** A credential that signed in waits for no other ones. */
  succeeded(attempt: SignInAttempt): void;
}

interface Failures {
  since: number;
  /** Failures by hash of the credential. */
  byCredential: Map<string, number>;
}

/** Allows ten different wrong keys a minute from one address, and thirty uses of one of them. */
export function createSignInLimit(now: () => number = () => performance.now()): SignInLimit {
  const failures = new Map<string, Failures>();
  /** Credentials by address whose attempts are under way, with how many each. */
  const trials = new Map<string, Map<string, number>>();
  const known = new Set<string>();

  const current = (address: string): Failures | null => {
    const found = failures.get(address);
    if (found && now() - found.since < WINDOW_MS) return found;
    failures.delete(address);
    return null;
  };

  const check = ({ address, credential }: SignInAttempt): void => {
    const found = current(address);
    if (!found) return;
    const repeats = found.byCredential.get(hashApiKey(credential)) ?? 0;
    if (found.byCredential.size >= MAX_GUESSES || repeats >= MAX_REPEATS)
      throw limited(Math.ceil((found.since + WINDOW_MS - now()) / 1_000));
  };

  return {
    check,
    begin(attempt) {
      check(attempt);
      const { address } = attempt;
      const hash = hashApiKey(attempt.credential);
      if (known.has(hash)) return () => undefined;
      const tried = trials.get(address) ?? new Map<string, number>();
      const guesses = new Set([...(current(address)?.byCredential.keys() ?? []), ...tried.keys(), hash]);
      if (guesses.size > MAX_GUESSES) throw limited(1);
      tried.set(hash, (tried.get(hash) ?? 0) + 1);
      trials.set(address, tried);
      return () => {
        const left = (tried.get(hash) ?? 1) - 1;
        if (left > 0) tried.set(hash, left);
        else tried.delete(hash);
        if (tried.size === 0) trials.delete(address);
      };
    },
    succeeded({ credential }) {
      known.add(hashApiKey(credential));
      const [oldest] = known;
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    },
    failed({ address, credential }) {
      const found = current(address) ?? { since: now(), byCredential: new Map<string, number>() };
      const hash = hashApiKey(credential);
      found.byCredential.set(hash, (found.byCredential.get(hash) ?? 0) + 1);
      failures.set(address, found);
      const [oldest] = failures.keys();
      if (failures.size > MAX_ADDRESSES && oldest !== undefined) failures.delete(oldest);
    },
  };
}

const limited = (retryAfterS: number): ProblemError =>
  new ProblemError('sign_in_limited', `Wait ${retryAfterS} s, and use a key the API knows.`, { retryAfterS });
