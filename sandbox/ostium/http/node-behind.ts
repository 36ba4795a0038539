import { z } from 'zod';

/** A JSON-RPC call to a node. */
export interface NodeRequest {
  readonly id?: string | number | null | undefined;
  readonly method: string;
  readonly params?: unknown;
}

/** Index of the block among the parameters of each method. */
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

/** The request to send instead, or an answer that needs no request. */
export type Rewritten =
  | { readonly request: NodeRequest }
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } };

/** Returns the request that makes an up-to-date node answer like one whose newest block is `head`. */
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

/** Returns the answer of a node whose newest block is `head`: null for a transaction that was mined later. */
export function hideLater(head: number, { method }: NodeRequest, answer: unknown): unknown {
  if (method !== 'eth_getTransactionReceipt' && method !== 'eth_getTransactionByHash') return answer;
  const found = z.looseObject({ result: mined }).safeParse(answer);
  if (!found.success || Number(found.data.result.blockNumber) <= head) return answer;
  return { ...found.data, result: null };
}

/** Limits a log request to blocks up to `head`. Real nodes too return the logs they have, without an error. */
function rewriteLogs(head: number, request: NodeRequest, params: unknown[]): Rewritten {
  const filter = range.parse(params[0]);
  if ((numberOf(filter.fromBlock) ?? head) > head) return { result: [] };
  const toBlock = quantity(Math.min(numberOf(filter.toBlock) ?? head, head));
  return { request: { ...request, params: [{ ...filter, toBlock }] } };
}

/** Returns the number of a block, null for a name such as `latest` and for no block. */
const numberOf = (block: unknown): number | null =>
  typeof block === 'string' && block.startsWith('0x') ? Number(block) : null;

/** Extends the parameters with nulls until index `at` exists, and returns the index. */
function padded(params: unknown[], at: number): number {
  while (params.length <= at) params.push(null);
  return at;
}

const quantity = (value: number): string => `0x${value.toString(16)}`;
