import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { RpcFault, RpcFaultPlan } from '../control/faults.ts';
import { hideLater, rewriteFor } from './node-behind.ts';

/** The answer to a client. `cut` destroys the connection. */
export type ProxyAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'cut' };

const rpcRequest = z.looseObject({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.unknown().optional(),
});
type RpcRequest = z.infer<typeof rpcRequest>;

/** Methods of the node that a public node does not offer. */
const PRIVATE =
  /^(anvil|evm|hardhat|debug|trace|txpool|ots|personal|erigon)_|^eth_(sendTransaction|sign|accounts)/;
const METHOD_NOT_FOUND = -32_601;
const INVALID_REQUEST = -32_600;
/** What nodes refuse transactions with. */
const SERVER_ERROR = -32_000;

/**
 * The public RPC. It passes requests on to the node and refuses the methods that a public node does not offer. Armed
 * faults hit requests here.
 */
export class RpcProxy {
  readonly #nodeUrl: string;
  readonly #faults: RpcFaultPlan;

  constructor(nodeUrl: string, faults: RpcFaultPlan) {
    this.#nodeUrl = nodeUrl;
    this.#faults = faults;
  }

  /** Answers as node `node`. All nodes are one process; they differ only by their faults. */
  async handle(body: unknown, node = 0): Promise<ProxyAnswer> {
    const parsed = z.union([rpcRequest, z.array(rpcRequest).min(1)]).safeParse(body);
    if (!parsed.success) return json(failure({ id: null }, INVALID_REQUEST, 'invalid request'));
    const requests = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
    const fault = this.#faults.take(
      requests.map(({ method }) => method),
      node,
    );
    switch (fault?.kind) {
      case 'rpcLoseRequest':
        return { kind: 'cut' };
      case 'rpcStatus':
        return { kind: 'answer', status: fault.status, text: 'upstream error' };
      case 'rpcGarbage':
        return { kind: 'answer', status: 200, text: '<html><body>Bad gateway</body></html>' };
      case 'rpcNonsense':
        return json({ jsonrpc: '2.0', id: requests[0]?.id ?? null, result: { unexpected: true } });
      default:
        break;
    }
    const answers = await this.#answerWith(fault, node, requests);
    if (fault?.kind === 'rpcLoseAnswer') return { kind: 'cut' };
    if (fault?.kind === 'rpcDelay') await delay(fault.ms, undefined, { ref: false });
    return json(Array.isArray(parsed.data) ? answers : answers[0]);
  }

  async #answerWith(
    fault: RpcFault | undefined,
    node: number,
    requests: readonly RpcRequest[],
  ): Promise<unknown[]> {
    if (fault?.kind === 'rpcRefuse') {
      const others = requests.filter(({ method }) => method !== fault.method);
      const answered = others.length > 0 ? await this.#answerAs(node, others) : [];
      return requests.map((request) =>
        request.method === fault.method ? failure(request, SERVER_ERROR, fault.message) : answered.shift(),
      );
    }
    const answered = await this.#answerAs(node, requests);
    return fault?.kind === 'rpcNull' ? withNull(requests, answered, fault.method) : answered;
  }

  async #answerAs(node: number, requests: readonly RpcRequest[]): Promise<unknown[]> {
    const behind = this.#faults.blocksBehind(node);
    return behind === 0 ? this.#answerAll(requests) : this.#answerBehind(behind, requests);
  }

  async #answerBehind(blocks: number, requests: readonly RpcRequest[]): Promise<unknown[]> {
    const [newest] = await this.#forward([{ id: 0, jsonrpc: '2.0', method: 'eth_blockNumber', params: [] }]);
    const head = Math.max(0, Number(z.object({ result: z.string() }).parse(newest).result) - blocks);
    return Promise.all(
      requests.map(async (request) => {
        const rewritten = rewriteFor(head, request);
        if (!('request' in rewritten)) return { jsonrpc: '2.0', id: request.id ?? null, ...rewritten };
        const [answer] = await this.#answerAll([{ ...request, ...rewritten.request }]);
        return hideLater(head, request, answer);
      }),
    );
  }

  async #answerAll(requests: readonly RpcRequest[]): Promise<unknown[]> {
    const isPrivate = ({ method }: RpcRequest): boolean => PRIVATE.test(method);
    const allowed = requests.filter((request) => !isPrivate(request));
    const answers = allowed.length > 0 ? await this.#forward(allowed) : [];
    return requests.map((request) =>
      isPrivate(request)
        ? failure(request, METHOD_NOT_FOUND, `the method ${request.method} does not exist/is not available`)
        : answers.shift(),
    );
  }

  async #forward(requests: readonly RpcRequest[]): Promise<unknown[]> {
    const response = await fetch(this.#nodeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requests),
    });
    return z.array(z.unknown()).parse(await response.json());
  }
}

function withNull(requests: readonly RpcRequest[], answers: readonly unknown[], method: string): unknown[] {
  return requests.map((request, at) =>
    request.method === method ? { jsonrpc: '2.0', id: request.id ?? null, result: null } : answers[at],
  );
}

function failure({ id = null }: Pick<RpcRequest, 'id'>, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function json(body: unknown): ProxyAnswer {
  return { kind: 'answer', status: 200, text: JSON.stringify(body) };
}
