import { CommandError } from '../errors.ts';
import { FAULT_KINDS, type FaultKind, type LlmFault } from './faults.ts';
import type { House } from './server.ts';

/** What the stand-in was asked so far. */
export interface LlmState {
  requests: number;
  inFlight: number;
  mostInFlight: number;
  /** The posts, in the order in which they came. */
  posts: string[];
}

/**
 * Runs a command: `fault` arms one, `clearFaults` takes them away, `answer` sets the answer to a post, `latency` sets
 * the time before each answer, `state` returns what was asked.
 *
 * @throws {CommandError} for anything else.
 */
export function runCommand(house: House, command: unknown): unknown {
  const fields = fieldsOf(command);
  switch (fields['type']) {
    case 'fault':
      house.faults.arm(readFault(fields['fault']));
      return {};
    case 'clearFaults':
      house.faults.clear();
      return {};
    case 'answer':
      house.answers.set(textIn('post', fields['post']), fields['answer']);
      return {};
    case 'latency':
      house.latencyMs = wholeNumber('ms', fields['ms']);
      return {};
    case 'state':
      return house.state;
    default:
      throw new CommandError('type must be one of fault, clearFaults, answer, latency, state');
  }
}

function readFault(value: unknown): LlmFault {
  const { kind, count, matching, ms, retryAfterS } = fieldsOf(value);
  return {
    kind: kindOf(kind),
    ...(count !== undefined && { count: wholeNumber('count', count) }),
    ...(typeof matching === 'string' && { matching }),
    ...(ms !== undefined && { ms: wholeNumber('ms', ms) }),
    ...(retryAfterS !== undefined && { retryAfterS: wholeNumber('retryAfterS', retryAfterS) }),
  };
}

function kindOf(value: unknown): FaultKind {
  const kind = FAULT_KINDS.find((each) => each === value);
  if (kind === undefined) throw new CommandError(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  return kind;
}

function textIn(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new CommandError(`${name} must be a text`);
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new CommandError(`${name} must be a whole number of 0 or more`);
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
