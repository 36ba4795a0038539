import { z } from 'zod';
import { VenueError } from '../../venue.ts';

/** A node refused a call, as any other node would. */
export class RpcRefusal extends Error {
  override name = 'RpcRefusal';
  readonly code: number;
  /** Revert data of the contract, as `0x` hex; null when there is none. */
  readonly data: string | null;
  /** Whether another node was asked before and left it open whether it took the call. */
  readonly isSecondWord: boolean;

  constructor(code: number, message: string, data: string | null, isSecondWord = false) {
    super(message);
    this.code = code;
    this.data = data;
    this.isSecondWord = isSecondWord;
  }
}

/** One node of a chain. Its methods throw {@link RpcRefusal} or `VenueError`. */
export interface RpcNode {
  /** Host of the node. The path is left out, since it may hold the key of a provider. */
  readonly host: string;
  /** When it failed last, by `performance.now`; long ago when it never did. */
  failedAt: number;
  /** Calls one method and checks its answer, once it is known that the node belongs to the chain. */
  ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>>;
  /** Returns the newest block of the node. Throws `venue_behind` when it has not come as far as `from`. */
  height(from: number): Promise<number>;
}

const envelope = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
const quantity = z.string().regex(/^0x[0-9a-f]+$/i);

const TOO_MANY_REQUESTS = 429;
/** Most calls in one request; calls that are made at once travel together. */
const BATCH_SIZE = 50;

interface Pending {
  id: number;
  method: string;
  params: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export function createRpcNode(url: string, chainId: number, requestMs: number): RpcNode {
  let nextId = 1;
  let waiting: Pending[][] = [];
  let verified: Promise<void> | null = null;

  function enqueue(method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = { id: nextId++, method, params, resolve, reject };
      const open = waiting.find((calls) => calls.length < BATCH_SIZE);
      if (open) {
        open.push(call);
        return;
      }
      waiting.push([call]);
      if (waiting.length === 1) queueMicrotask(flush);
    });
  }

  function flush(): void {
    const batches = waiting;
    waiting = [];
    for (const calls of batches) void send(calls);
  }

  async function send(calls: readonly Pending[]): Promise<void> {
    try {
      const answers = await post(url, calls, requestMs);
      for (const call of calls) settle(call, answers.get(call.id));
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  /** Checks once per node that it is on the chain: a signed transaction must not reach another one. */
  async function verify(): Promise<void> {
    const answer = quantity.safeParse(await enqueue('eth_chainId', []));
    if (!answer.success) throw unreadable('eth_chainId');
    if (Number(answer.data) === chainId) return;
    const text = `the node is on chain ${Number(answer.data)}, not ${chainId}`;
    throw new VenueError('wrong_network', text, 'fatal');
  }

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>> {
    verified ??= verify();
    try {
      await verified;
    } catch (error) {
      verified = null;
      throw error;
    }
    const answer = schema.safeParse(await enqueue(method, params));
    if (!answer.success) throw unreadable(method, answer.error);
    return answer.data;
  }

  return {
    host: new URL(url).host,
    failedAt: -Infinity,
    ask,
    async height(from) {
      const height = Number(await ask(quantity, 'eth_blockNumber', []));
      if (height >= from) return height;
      const text = `the node has come to block ${height}, and block ${from} was seen`;
      throw new VenueError('venue_behind', text, 'retry');
    },
  };
}

async function post(
  url: string,
  calls: readonly Pending[],
  requestMs: number,
): Promise<Map<number, z.infer<typeof envelope>>> {
  const body = calls.map(({ id, method, params }) => ({ jsonrpc: '2.0', id, method, params }));
  const text = await request(url, JSON.stringify(body.length === 1 ? body[0] : body), requestMs);
  const parsed = z.union([envelope, z.array(envelope)]).safeParse(readJson(text));
  if (!parsed.success) throw unreadable(calls.map(({ method }) => method).join(', '), parsed.error);
  const answers = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  return new Map(answers.map((answer) => [answer.id, answer]));
}

async function request(url: string, body: string, requestMs: number): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  try {
    const signal = AbortSignal.timeout(requestMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    if (response.status === TOO_MANY_REQUESTS)
      throw new VenueError('rate_limited', 'the node asks for fewer requests (429)', 'postpone');
    if (response.status >= 500)
      throw new VenueError('venue_unavailable', `the node answered ${response.status}`, 'retry');
    return await response.text();
  } catch (cause) {
    if (cause instanceof VenueError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VenueError('venue_unreachable', `the node does not answer: ${why}`, 'retry', { cause });
  }
}

function settle(call: Pending, answer: z.infer<typeof envelope> | undefined): void {
  if (!answer) return call.reject(unreadable(call.method));
  if (!answer.error) return call.resolve(answer.result ?? null);
  const { code, message, data } = answer.error;
  call.reject(new RpcRefusal(code, message, revertData(data)));
}

/** Returns the revert data, which nodes put into `data` or into an object inside it. */
function revertData(data: unknown): string | null {
  if (typeof data === 'string') return /0x[0-9a-f]*$/i.exec(data)?.[0] ?? null;
  if (typeof data === 'object' && data !== null && 'data' in data) return revertData(data.data);
  return null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unreadable = (what: string, cause?: unknown): VenueError =>
  new VenueError('venue_unreadable', `the node's answer to ${what} has an unknown form`, 'retry', { cause });
