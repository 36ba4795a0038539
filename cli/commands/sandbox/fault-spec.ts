import { ACTION_TYPES } from '#sandbox/hyperliquid/actions/actions.ts';
import { READ_KINDS } from '#sandbox/hyperliquid/exchange/account-reads.ts';
import type { Fault, FaultKind, FaultMatch } from '#sandbox/hyperliquid/exchange/faults.ts';
import { durationIn, numberIn, oneOf, pairOf, partsOf, wholeIn } from './fault-text.ts';

type Limits = Pick<Fault, 'count' | 'durationMs'>;

const TRADES = ['order', 'modify', 'batchModify', 'cancel', 'cancelByCloid'];
const ACCOUNT_READS = [...new Set(Object.values(READ_KINDS)), ...Object.keys(READ_KINDS)];
const REQUESTS = ['info', 'exchange', ...ACTION_TYPES, ...ACCOUNT_READS];

/** How a kind of fault is written, and which requests it can meet. */
interface KindSpec {
  readonly read: (value: string | undefined) => FaultKind;
  readonly actions: readonly string[];
  /** True for a fault that strikes before the sandbox knows the request's account. */
  readonly isBlind?: true;
}

const KINDS: Readonly<Record<string, KindSpec>> = {
  refuse: { read: (value) => ({ kind: 'refuse', error: textIn(value) }), actions: TRADES },
  delay: { read: (value) => ({ kind: 'delay', ms: numberIn(value, 0, 600_000) }), actions: REQUESTS },
  loseAnswer: { read: (value) => alone(value, { kind: 'loseAnswer' }), actions: REQUESTS },
  loseRequest: {
    read: (value) => alone(value, { kind: 'loseRequest' }),
    actions: REQUESTS,
    isBlind: true,
  },
  http: {
    read: (value) => ({ kind: 'http', status: wholeIn(value, 400, 599) }),
    actions: REQUESTS,
    isBlind: true,
  },
  partialFill: {
    read: (value) => ({ kind: 'partialFill', fraction: numberIn(value, 0, 1) }),
    actions: ['order'],
  },
  rejectTrigger: { read: (value) => alone(value, { kind: 'rejectTrigger' }), actions: ['trigger'] },
  stale: { read: (value) => ({ kind: 'stale', ms: wholeIn(value, 1, 600_000) }), actions: ACCOUNT_READS },
  noStatus: { read: (value) => alone(value, { kind: 'noStatus' }), actions: ['status', 'orderStatus'] },
  postOnly: { read: (value) => alone(value, { kind: 'postOnly' }), actions: ['order', 'modify'] },
  reduceOnlyMinimum: {
    read: (value) => alone(value, { kind: 'reduceOnlyMinimum' }),
    actions: ['order', 'modify'],
  },
} satisfies Record<FaultKind['kind'], KindSpec>;

/**
 * Reads a fault: `KIND[=VALUE]`, then in any order and each after a colon the action it is for, `count=N`, `for=60s`
 * (or ms, m), `user=0x…`, `cloid=0x…`. A value with a colon in it stands in double quotes.
 *
 * Throws RangeError saying which part is wrong and what it may be.
 *
 * @example parseFault('http=429:order:count=3') // { kind: 'http', status: 429, action: 'order', count: 3 }
 */
export function parseFault(spec: string): Fault {
  const [head = '', ...rest] = partsOf(spec);
  const [name, value] = pairOf(head);
  const kind = KINDS[oneOf('kind of fault', Object.keys(KINDS), name)]!;
  const terms = rest.map((part) => readTerm(part, kind));
  const repeated = terms.flatMap(Object.keys).find((key, i, keys) => keys.indexOf(key) < i);
  if (repeated !== undefined) throw new RangeError(`says twice what it is for (${repeated})`);
  const fault: Fault = Object.assign(kind.read(value), ...terms);
  return fault;
}

function readTerm(part: string, { actions, isBlind }: KindSpec): FaultMatch & Limits {
  const [name, value] = pairOf(part);
  switch (name) {
    case 'count':
      return { count: wholeIn(value, 1, 1_000_000) };
    case 'for':
      return { durationMs: durationIn(value) };
    case 'cloid':
      return { cloid: hexIn(value, 32) };
    case 'user':
      if (isBlind) throw new RangeError('cannot be for one user: it comes before the signature is read');
      return { user: hexIn(value, 40) };
    default:
      return { action: oneOf('action', actions, part) };
  }
}

function textIn(value: string | undefined): string {
  if (value === undefined || value === '')
    throw new RangeError('needs the text of the refusal, as in refuse="…"');
  return value;
}

function alone<F>(value: string | undefined, fault: F): F {
  if (value !== undefined) throw new RangeError(`takes no value, not ${value}`);
  return fault;
}

function hexIn(value: string | undefined, digits: number): string {
  if (value === undefined || !new RegExp(`^0x[0-9a-fA-F]{${digits}}$`).test(value))
    throw new RangeError(`needs 0x and ${digits} hex digits, not ${value ?? 'nothing'}`);
  return value.toLowerCase();
}
