import type { Fault } from '#sandbox/ostium/control/faults.ts';
import { durationIn, numberIn, oneOf, pairOf, partsOf, wholeIn } from './fault-text.ts';

/** How a kind of fault is written: what stands behind its name, and whether it is for calls of the RPC. */
interface KindSpec {
  /** The field that holds the value; kinds without one take no value. */
  readonly value?: string;
  readonly read?: (text: string | undefined) => unknown;
  readonly isRpc?: true;
}

const count = (text: string | undefined): number => wholeIn(text, 1, 1_000_000);
const time = (text: string | undefined): number => numberIn(text, 0, 3_600_000);
const word = (text: string | undefined): string => {
  if (text === undefined || text === '') throw new RangeError('needs a value');
  return text;
};

const KINDS: Readonly<Record<Fault['kind'], KindSpec>> = {
  rpcStatus: { value: 'status', read: (text) => wholeIn(text, 400, 599), isRpc: true },
  rpcGarbage: { isRpc: true },
  rpcNonsense: { isRpc: true },
  rpcNull: { isRpc: true },
  rpcRefuse: { value: 'message', read: word, isRpc: true },
  rpcDelay: { value: 'ms', read: time, isRpc: true },
  rpcLoseAnswer: { isRpc: true },
  rpcLoseRequest: { isRpc: true },
  rpcBehind: { value: 'blocks', read: count, isRpc: true },
  keeperSilent: {},
  keeperSlow: { value: 'delayMs', read: time },
  pricesDown: {},
  pricesStale: {},
  graphDown: {},
  graphStale: {},
  stuck: {},
  revert: { value: 'error', read: word },
  reorg: { value: 'depth', read: count },
  delegateRevoked: { value: 'trader', read: word },
  delist: { value: 'pair', read: word },
};

/**
 * Reads a fault of Ostium's sandbox: `KIND[=VALUE]`, then in any order and each after a colon `count=N`, `for=60s`
 * (or ms, m), and for faults of the RPC the method and `node=N`.
 *
 * @throws RangeError saying which part is wrong and what it may be.
 * @example parseOstiumFault('rpcBehind=5:node=1') // { kind: 'rpcBehind', blocks: 5, node: 1 }
 */
export function parseOstiumFault(spec: string): Fault {
  const [head = '', ...rest] = partsOf(spec);
  const [name, text] = pairOf(head);
  const kind = oneOf('kind of fault', Object.keys(KINDS), name);
  const { value, read, isRpc }: KindSpec = KINDS[kind as Fault['kind']]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- one of its keys
  if (value === undefined && text !== undefined) throw new RangeError(`takes no value, not ${text}`);
  const terms = rest.map((part) => readTerm(part, isRpc === true));
  const fault = Object.assign({ kind }, value !== undefined && { [value]: read?.(text) }, ...terms);
  if ((kind === 'rpcNull' || kind === 'rpcRefuse') && !('method' in fault))
    throw new RangeError(`needs the method, as in ${head}:eth_call`);
  return fault as Fault; // oxlint-disable-line typescript/no-unsafe-type-assertion -- built by the table above
}

function readTerm(part: string, isRpc: boolean): object {
  const [name, value] = pairOf(part);
  if (name === 'count') return { count: count(value) };
  if (name === 'for') return { durationMs: durationIn(value) };
  if (!isRpc) throw new RangeError(`must be count=N or for=60s, not ${part}`);
  if (name === 'node') return { node: wholeIn(value, 0, 99) };
  if (!/^eth_\w+$/.test(part)) throw new RangeError(`must be a method such as eth_call, not ${part}`);
  return { method: part };
}
