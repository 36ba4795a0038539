/** Which requests a fault is for; a part left out matches everything. */
export interface FaultMatch {
  /**
   * Action type, `exchange` for all of them; `modify` covers `batchModify` and `cancel` covers `cancelByCloid`. Of reads
   * `info` for all, a kind of read (see READ_KINDS) or the question's own type.
   */
  readonly action?: string | undefined;
  readonly cloid?: string | undefined;
  readonly user?: string | undefined;
}

/** What goes wrong. Each fault serves `count` requests (default 1) or, with `durationMs`, all of them for that long. */
export type FaultKind =
  /** Each matched order, modify or cancel is answered with `error`, as the venue refuses one. */
  | { readonly kind: 'refuse'; readonly error: string }
  /** The answer is held back for `ms`; the action is applied before the wait. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The action is applied and the connection destroyed instead of an answer. */
  | { readonly kind: 'loseAnswer' }
  /** The connection is destroyed before the action is read. */
  | { readonly kind: 'loseRequest' }
  /** The request is answered with this HTTP status. */
  | { readonly kind: 'http'; readonly status: number }
  /** An immediate-or-cancel order fills at most this fraction of its size. */
  | { readonly kind: 'partialFill'; readonly fraction: number }
  /** A trigger order that fires is rejected instead of executed. */
  | { readonly kind: 'rejectTrigger' }
  /** A read of an account tells what the account was `ms` ago, but nothing of before the fault was armed. */
  | { readonly kind: 'stale'; readonly ms: number }
  /** `orderStatus` knows nothing of an order, though it was accepted. */
  | { readonly kind: 'noStatus' }
  /** An order that is not post-only is refused, triggers included, as after an upgrade of the venue. */
  | { readonly kind: 'postOnly' }
  /** A reduce-only order worth less than 10 USD is refused. */
  | { readonly kind: 'reduceOnlyMinimum' };

export type Fault = FaultKind & FaultMatch & { readonly count?: number; readonly durationMs?: number };

interface Armed<F extends Fault = Fault> {
  readonly fault: F;
  left: number;
  readonly untilMs: number;
}

/** One request, or one order of it, that may run into a fault. */
export interface FaultSubject {
  readonly action: string;
  /** Further names that the request goes by: the kind of a read, or `exchange`. */
  readonly also?: readonly string[];
  readonly cloids: readonly string[];
  readonly user?: string | undefined;
}

/** Faults waiting for the requests they are meant for, first armed first served. */
export class FaultPlan {
  #armed: Armed[] = [];

  add(fault: Fault): void {
    const byTime = fault.durationMs !== undefined;
    this.#armed.push({
      fault,
      left: fault.count ?? (byTime ? Infinity : 1),
      untilMs: byTime ? Date.now() + fault.durationMs : Infinity,
    });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Uses up and returns the first fault of `kind` that matches; undefined when nothing goes wrong. */
  take<K extends FaultKind['kind']>(kind: K, subject: FaultSubject): (Fault & { kind: K }) | undefined {
    if (this.#armed.length === 0) return undefined;
    const now = Date.now();
    this.#armed = this.#armed.filter((armed) => armed.left > 0 && armed.untilMs > now);
    const isKind = (armed: Armed): armed is Armed<Fault & { kind: K }> => armed.fault.kind === kind;
    const found = this.#armed.filter(isKind).find(({ fault }) => matches(fault, subject));
    if (!found) return undefined;
    found.left--;
    return found.fault;
  }

  list(): readonly Fault[] {
    const now = Date.now();
    return this.#armed.filter((armed) => armed.left > 0 && armed.untilMs > now).map((armed) => armed.fault);
  }
}

function namesOf({ action, also = [] }: FaultSubject): string[] {
  return [familyOf(action), ...also];
}

function familyOf(action: string): string {
  if (action === 'batchModify') return 'modify';
  return action === 'cancelByCloid' ? 'cancel' : action;
}

function matches(fault: FaultMatch, subject: FaultSubject): boolean {
  if (fault.action !== undefined && !namesOf(subject).includes(familyOf(fault.action))) return false;
  if (fault.user !== undefined && fault.user.toLowerCase() !== subject.user) return false;
  return fault.cloid === undefined || subject.cloids.includes(fault.cloid.toLowerCase());
}
