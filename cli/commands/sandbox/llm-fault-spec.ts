import { FAULT_KINDS, type FaultKind, type LlmFault } from '#sandbox/llm/faults.ts';
import { numberIn, oneOf, pairOf, partsOf, wholeIn } from './fault-text.ts';

/** Kinds with a value, and how it is read. */
const VALUES: { [Kind in FaultKind]?: (text: string | undefined) => Partial<LlmFault> } = {
  late: (text) => (text === undefined ? {} : { ms: numberIn(text, 0, 3_600_000) }),
  rateLimited: (text) => (text === undefined ? {} : { retryAfterS: wholeIn(text, 0, 3_600) }),
};

/**
 * Reads a fault of the stand-in for a language model: `KIND[=VALUE]`, then in any order and each after a colon `count=N`
 * and `matching=TEXT`.
 *
 * @throws RangeError saying which part is wrong and what it may be.
 * @example parseLlmFault('late=2000:count=3') // { kind: 'late', ms: 2000, count: 3 }
 */
export function parseLlmFault(spec: string): LlmFault {
  const [head = '', ...rest] = partsOf(spec);
  const [name, value] = pairOf(head);
  oneOf('kind of fault', FAULT_KINDS, name);
  const kind = FAULT_KINDS.find((each) => each === name) ?? 'garbage';
  const read = VALUES[kind];
  if (!read && value !== undefined) throw new RangeError(`takes no value, not ${value}`);
  return Object.assign({ kind }, read?.(value), ...rest.map(readTerm));
}

function readTerm(part: string): Partial<LlmFault> {
  const [name, value] = pairOf(part);
  if (name === 'count') return { count: wholeIn(value, 1, 1_000_000) };
  if (name === 'matching' && value !== undefined) return { matching: value };
  throw new RangeError(`must be count=N or matching=TEXT, not ${part}`);
}
