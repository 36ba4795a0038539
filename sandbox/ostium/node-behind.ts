import { z } from 'zod';

/** A call that a node is asked for. */
export interface NodeRequest {
  readonly id?: string | number | null | undefined;
  readonly method: string;
  readonly params?: unknown;
}

/** Where a method's parameters name the block that it is about. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
  eth_getBlockByNumber: 0,
};

const parameters = z.array(z.unknown()).catch([]);
const mined = z.object({ blockNumber: z.string() });
const range = z.looseObject({ fromBlock: z.string().optional(), toBlock: z.string().optional() });

/** What a node that has no block after `head` is asked instead, or what it answers without being asked. */
export type Rewritten =
  | { readonly request: NodeRequest }
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } };

/** Returns the request as a node sees it whose newest block is `head`. */
export function rewriteFor(head: number, request: NodeRequest): Rewritten {
  const params = parameters.parse(request.params);
  if (request.method === 'eth_blockNumber') return { result: quantity(head) };
  if (request.method === 'eth_getLogs') return rewriteLogs(head, request, params);
  const at = BLOCK_PARAMETER[request.method];
  if (at === undefined) return { request };
  const asked = numberOf(params[at]);
  if (asked === null)
    return { request: { ...request, params: params.with(padded(params, at), quantity(head)) } };
  if (asked <= head) return { request };
  return request.method === 'eth_getBlockByNumber'
    ? { result: null }
    : { error: { code: -32_000, message: 'header not found' } };
}

/** Returns the answer as a node gives it whose newest block is `head`: what was mined later is not known to it. */
export function hideLater(head: number, { method }: NodeRequest, answer: unknown): unknown {
  if (method !== 'eth_getTransactionReceipt' && method !== 'eth_getTransactionByHash') return answer;
  const found = z.looseObject({ result: mined }).safeParse(answer);
  if (!found.success || Number(found.data.result.blockNumber) <= head) return answer;
  return { ...found.data, result: null };
}

/** Like real nodes, it leaves out the blocks that it lacks without saying so. */
function rewriteLogs(head: number, request: NodeRequest, params: unknown[]): Rewritten {
  const filter = range.parse(params[0]);
  if ((numberOf(filter.fromBlock) ?? head) > head) return { result: [] };
  const toBlock = quantity(Math.min(numberOf(filter.toBlock) ?? head, head));
  return { request: { ...request, params: [{ ...filter, toBlock }] } };
}

/** Null for a name such as `latest`, and where nothing is given. */
const numberOf = (block: unknown): number | null =>
  typeof block === 'string' && block.startsWith('0x') ? Number(block) : null;

/** The place of a parameter, which is made to exist. */
function padded(params: unknown[], at: number): number {
  while (params.length <= at) params.push(null);
  return at;
}

const quantity = (value: number): string => `0x${value.toString(16)}`;
