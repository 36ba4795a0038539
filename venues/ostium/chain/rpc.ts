import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { VenueError } from '../../venue.ts';
import { createRpcNode, RpcRefusal, type RpcNode } from './rpc-node.ts';

export { RpcRefusal } from './rpc-node.ts';

/** Calls to an EVM chain through several nodes. */
export interface Rpc {
  /**
   * Calls one method and checks its answer. A node that cannot be reached, answers with nonsense, lacks the block
   * asked about or belongs to another chain is passed over for the next. Throws {@link RpcRefusal} for what a node
   * itself refuses, else `VenueError`: `wrong_network` (fatal) when no node belongs to the chain,
   * `venue_unreachable`, `venue_unreadable`, or `venue_behind` when no node has come as far as block `from`.
   */
  call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
    from?: number,
  ): Promise<z.infer<Schema>>;
  /** Asks every node at once and returns what those say that answer. Throws like `call` when none does. */
  callAll<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>[]>;
  /** Returns the newest block of the first node that has come as far as `from`. Throws like `call`. */
  height(from: number): Promise<number>;
}

export interface RpcOptions {
  urls: readonly string[];
  chainId: number;
  requestMs: number;
  /** Warned of each node that is passed over. */
  logger?: Pick<Logger, 'warn'>;
}

/** Codes of errors of the node and not of the call: internal error, limits. The next node is asked. */
const NODE_TROUBLE = new Set([-32_603, -32_005, -32_001, 429]);
/** Words of nodes that lack the block of a call. */
const LACKS_BLOCK =
  /header not found|unknown block|block .*not found|out of ?range|missing trie node|historical state|state .*not available/i;
/** A node that failed is asked last for this long. */
const SET_ASIDE_MS = 10_000;

export function createRpc({ urls, chainId, requestMs, logger }: RpcOptions): Rpc {
  const nodes = urls.map((url) => createRpcNode(url, chainId, requestMs));

  async function askInTurn<Value>(method: string, ask: (node: RpcNode) => Promise<Value>): Promise<Value> {
    let failure: unknown = noNode();
    let isSecondWord = false;
    for (const node of inOrder(nodes)) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next node only where this one failed
        return await ask(node);
      } catch (error) {
        if (error instanceof RpcRefusal && !isOfNode(error))
          throw new RpcRefusal(error.code, error.message, error.data, isSecondWord);
        node.failedAt = performance.now();
        isSecondWord = true;
        logger?.warn({ node: node.host, method, err: error }, 'a node was passed over');
        failure = error;
      }
    }
    throw failure instanceof RpcRefusal ? unavailable(failure) : failure;
  }

  return {
    call: (schema, method, params, from) =>
      askInTurn(method, (node) =>
        from === undefined
          ? node.ask(schema, method, params)
          : askFrom(node, { schema, method, params }, from),
      ),
    async callAll(schema, method, params) {
      const asked = await Promise.allSettled(nodes.map((node) => node.ask(schema, method, params)));
      const answers = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      if (answers.length > 0) return answers;
      throw asked.find((each) => each.status === 'rejected')?.reason ?? noNode();
    },
    height: (from) => askInTurn('eth_blockNumber', (node) => node.height(from)),
  };
}

/** Asks a node for its newest block in one request with the call. Answers and refusals of a node that is behind are dropped. */
async function askFrom<Schema extends z.ZodType>(
  node: RpcNode,
  { schema, method, params }: { schema: Schema; method: string; params: readonly unknown[] },
  from: number,
): Promise<z.infer<Schema>> {
  const [height, answer] = await Promise.allSettled([node.height(from), node.ask(schema, method, params)]);
  if (height.status === 'rejected') throw height.reason;
  if (answer.status === 'rejected') throw answer.reason;
  return answer.value;
}

const noNode = (): VenueError =>
  new VenueError('venue_unreachable', 'no node of the chain is configured', 'fatal');

const isOfNode = ({ code, message }: RpcRefusal): boolean =>
  NODE_TROUBLE.has(code) || LACKS_BLOCK.test(message);

const unavailable = (refusal: RpcRefusal): VenueError => {
  const code = LACKS_BLOCK.test(refusal.message) ? 'venue_behind' : 'venue_unavailable';
  return new VenueError(code, refusal.message, 'retry', { cause: refusal });
};

/** Returns the nodes in the order given, those that failed lately last. */
const inOrder = (nodes: readonly RpcNode[]): RpcNode[] => [
  ...nodes.filter((node) => !isAside(node)),
  ...nodes.filter(isAside),
];

const isAside = ({ failedAt }: RpcNode): boolean => performance.now() - failedAt < SET_ASIDE_MS;

/** Calls `read` until it returns a value, and returns it; null when the time is up (`untilMs`, by `performance.now`). */
export async function poll<Value>(
  read: () => Promise<Value | null>,
  { pollMs, untilMs }: { pollMs: number; untilMs: number },
): Promise<Value | null> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    const value = await read();
    if (value !== null || performance.now() >= untilMs) return value;
    // oxlint-disable-next-line no-await-in-loop -- a pause
    await delay(pollMs);
  }
}
