import { WebSocket } from 'ws';
import { SandboxError } from '../../errors.ts';

/** An error answer of the node. `rpcCode` is its JSON-RPC code, `data` the return data of a reverted call. */
export class RpcError extends SandboxError {
  override readonly name = 'RpcError';
  readonly code = 'RPC_CALL_FAILED';
  readonly rpcCode: number;
  readonly data: unknown;

  constructor(method: string, rpcCode: number, message: string, data: unknown) {
    super(`${method}: ${message}`);
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

interface RpcAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const TIMEOUT_MS = 30_000;

/** JSON-RPC over HTTP to the sandbox's own node. */
export class Rpc {
  readonly url: string;
  #id = 0;

  constructor(url: string) {
    this.url = url;
  }

  async call<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const [result] = await this.batch([{ method, params }]);
    return result as T; // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own node's answer
  }

  /** Sends all calls in one request and returns their results. The node runs them in parallel. Throws the first RpcError. */
  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const requests = calls.map((call) => ({ jsonrpc: '2.0', id: ++this.#id, ...call }));
    const answers = await this.#post(requests);
    return requests.map(({ id, method }) => {
      const { result, error } = answers.get(id) ?? {};
      if (error) throw new RpcError(method, error.code, error.message, error.data);
      return result;
    });
  }

  async #post(requests: object[]): Promise<Map<number, RpcAnswer>> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requests),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answers = (await response.json()) as RpcAnswer[]; // oxlint-disable-line typescript/no-unsafe-type-assertion
    return new Map(answers.map((answer) => [answer.id, answer]));
  }
}

/** Calls `onHead` for each new block and returns a function that ends it. Rejects if the node cannot be reached. */
export async function followHeads(url: string, onHead: () => void): Promise<() => void> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  socket.on('message', onHead);
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }));
  return () => socket.terminate();
}
