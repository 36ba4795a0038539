import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlCommand } from '../control/command.ts';
import type { Control } from '../control/control.ts';
import type { Subgraph } from '../graph/subgraph.ts';
import type { PriceService } from '../market/price-service.ts';
import type { RpcProxy } from './rpc-proxy.ts';
import { closeServer, listen } from '../../listen.ts';
import { readJson } from '../../read-json.ts';

/** Longer than clients keep an idle connection, so that the server closes none while a client writes to it. */
const KEEP_ALIVE_MS = 75_000;

/** The services behind the one address. */
export interface Routes {
  readonly proxy: RpcProxy;
  readonly prices: PriceService;
  readonly graph: Subgraph;
  readonly control: Control;
  /** Reads the newest blocks and lets the keeper act on them. The subgraph waits for it before each answer. */
  readonly catchUp: () => Promise<void>;
}

export interface HttpDoor {
  /** `http://HOST:PORT`. */
  readonly base: string;
  close(): Promise<void>;
}

/** Serves RPC, subgraph, prices and control behind one address. Rejects if the port is taken. */
export async function openHttpDoor(routes: Routes, port: number, host: string): Promise<HttpDoor> {
  const server = createServer((request, response) => void route(request, response, routes));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const base = await listen(server, { port, host });
  return { base, close: () => closeServer(server) };
}

async function route(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const { proxy, prices, graph, control, catchUp } = routes;
  try {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    if (request.method === 'GET') {
      const answer = prices.answer(url) ?? { status: 404, body: { message: 'Not Found' } };
      return control.isPriceServiceDown
        ? respond(response, 503, DOWN)
        : respond(response, answer.status, answer.body);
    }
    const body = await readJson(request);
    const node = nodeOf(url.pathname);
    if (node !== null) {
      const answer = await proxy.handle(body, node);
      if (answer.kind === 'cut') return void response.destroy();
      return respondText(response, answer.status, answer.text);
    }
    switch (url.pathname) {
      case '/graph':
        if (control.isGraphDown) return respond(response, 503, DOWN);
        await catchUp();
        return respond(response, 200, graph.answer(body));
      case '/control':
        return await runControl(response, control, body);
      default:
        return respond(response, 404, { message: 'Not Found' });
    }
  } catch (error) {
    respond(response, error instanceof SyntaxError ? 400 : 502, { message: String(error) });
  }
}

/** Returns the node of a path: 0 for `/` and `/rpc`, 1 for `/rpc/1`, null for any other path. */
function nodeOf(path: string): number | null {
  if (path === '/') return 0;
  const [, number = '0'] = /^\/rpc(?:\/(\d+))?$/.exec(path) ?? [undefined, ''];
  return number === '' ? null : Number(number);
}

const DOWN = { message: 'Service Unavailable' };

async function runControl(response: ServerResponse, control: Control, body: unknown): Promise<void> {
  try {
    // Local tooling only: a wrong field fails where it is used.
    respond(response, 200, await control.perform(body as ControlCommand)); // oxlint-disable-line typescript/no-unsafe-type-assertion
  } catch (error) {
    respond(response, 400, { message: String(error) });
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  respondText(response, status, JSON.stringify(body));
}

function respondText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
