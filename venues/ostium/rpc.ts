import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { VenueError } from '../venue.ts';

/** A node refused a call by an error of its own: the answer is known, and another node would give the same. */
export class RpcRefusal extends Error {
  override name = 'RpcRefusal';
  readonly code: number;
  /** What a contract reverted with, as `0x` hex. */
  readonly data: string | null;

  constructor(code: number, message: string, data: string | null) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Calls to an EVM chain through several nodes. */
export interface Rpc {
  /**
   * Calls one method and checks its answer. A node that cannot be reached, answers with nonsense or belongs to
   * another chain is passed over for the next. Throws {@link RpcRefusal} for what a node itself refuses, else
   * `VenueError`: `wrong_network` (fatal) when no node belongs to the chain, `venue_unreachable`,
   * `venue_unreadable`.
   */
  call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>>;
}

export interface RpcOptions {
  urls: readonly string[];
  chainId: number;
  requestMs: number;
  /** Told of nodes that are passed over. */
  logger?: Pick<Logger, 'warn'>;
}

const envelope = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
const quantity = z.string().regex(/^0x[0-9a-f]+$/i);

/** Codes by which nodes say that it is them, not the call: internal error, limits. The next node is asked. */
const NODE_TROUBLE = new Set([-32_603, -32_005, -32_001, 429]);
const TOO_MANY_REQUESTS = 429;
/** A node that failed is asked last for this long. */
const SET_ASIDE_MS = 10_000;
/** Calls made at once travel in one request, at most so many. */
const BATCH_SIZE = 50;

interface Node {
  url: string;
  failedAt: number;
  verified: Promise<void> | null;
}

interface Pending {
  id: number;
  method: string;
  params: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export function createRpc({ urls, chainId, requestMs, logger }: RpcOptions): Rpc {
  const nodes: Node[] = urls.map((url) => ({ url, failedAt: 0, verified: null }));
  let nextId = 1;
  let waiting: { node: Node; calls: Pending[] }[] = [];

  function enqueue(node: Node, method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = { id: nextId++, method, params, resolve, reject };
      const open = waiting.find((each) => each.node === node && each.calls.length < BATCH_SIZE);
      if (open) {
        open.calls.push(call);
        return;
      }
      waiting.push({ node, calls: [call] });
      if (waiting.length === 1) queueMicrotask(flush);
    });
  }

  function flush(): void {
    const batches = waiting;
    waiting = [];
    for (const { node, calls } of batches) void send(node, calls);
  }

  async function send(node: Node, calls: readonly Pending[]): Promise<void> {
    try {
      const answers = await post(node.url, calls, requestMs);
      for (const call of calls) settle(call, answers.get(call.id));
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }

  /** Once per node: a signed transaction must not reach another chain. */
  async function verify(node: Node): Promise<void> {
    const answer = quantity.safeParse(await enqueue(node, 'eth_chainId', []));
    if (!answer.success) throw unreadable('eth_chainId');
    if (Number(answer.data) === chainId) return;
    const text = `the node is on chain ${Number(answer.data)}, not ${chainId}`;
    throw new VenueError('wrong_network', text, 'fatal');
  }

  async function ask<Schema extends z.ZodType>(
    node: Node,
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>> {
    node.verified ??= verify(node);
    try {
      await node.verified;
    } catch (error) {
      node.verified = null;
      throw error;
    }
    const answer = schema.safeParse(await enqueue(node, method, params));
    if (!answer.success) throw unreadable(method, answer.error);
    return answer.data;
  }

  return {
    async call(schema, method, params) {
      let failure: unknown = new VenueError(
        'venue_unreachable',
        'no node of the chain is configured',
        'fatal',
      );
      for (const node of inOrder(nodes)) {
        try {
          // oxlint-disable-next-line no-await-in-loop -- the next node only where this one failed
          return await ask(node, schema, method, params);
        } catch (error) {
          if (error instanceof RpcRefusal && !NODE_TROUBLE.has(error.code)) throw error;
          node.failedAt = Date.now();
          // The host alone: keys of a provider stand in the path.
          logger?.warn({ node: new URL(node.url).host, method, err: error }, 'a node was passed over');
          failure = error;
        }
      }
      throw failure instanceof RpcRefusal
        ? new VenueError('venue_unavailable', failure.message, 'retry', { cause: failure })
        : failure;
    },
  };
}

/** Those that work first, in the order they were given. */
const inOrder = (nodes: readonly Node[]): Node[] => {
  const isAside = ({ failedAt }: Node): boolean => Date.now() - failedAt < SET_ASIDE_MS;
  return [...nodes.filter((node) => !isAside(node)), ...nodes.filter(isAside)];
};

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

/** Nodes put the revert data directly into `data`, or into an object inside. */
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

/** Asks again until `read` answers something, or the time is up: null then. */
export async function poll<Value>(
  read: () => Promise<Value | null>,
  { pollMs, untilMs }: { pollMs: number; untilMs: number },
): Promise<Value | null> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    const value = await read();
    if (value !== null || Date.now() >= untilMs) return value;
    // oxlint-disable-next-line no-await-in-loop -- a pause
    await delay(pollMs);
  }
}
