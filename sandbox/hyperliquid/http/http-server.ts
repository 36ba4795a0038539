import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { control } from '../control/control.ts';
import { parseCommand } from '../control/commands.ts';
import type { ControlTargets } from '../control/state.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import type { Gateway, Outcome } from './gateway.ts';
import { readJson } from '../../read-json.ts';

const KEEP_ALIVE_MS = 75_000;

/** Returns an HTTP server, not yet listening, for POST /info, /exchange and /control. */
export function createHttpServer(gateway: Gateway, targets: ControlTargets): Server {
  const server = createServer((request, response) => void serve(request, response, gateway, targets));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: Gateway,
  targets: ControlTargets,
): Promise<void> {
  try {
    const body = await readJson(request);
    const ip = request.socket.remoteAddress ?? '';
    switch (request.method === 'POST' ? request.url?.split('?')[0] : undefined) {
      case '/info':
        return respond(response, await gateway.info(body, ip));
      case '/exchange':
        return respond(response, await gateway.exchange(body, ip));
      case '/control':
        return respond(response, runControl(targets, body));
      default:
        return respond(response, { kind: 'failure', status: 404, text: 'Not found' });
    }
  } catch (error) {
    const isBadJson = error instanceof SyntaxError;
    const text = isBadJson ? VENUE_TEXT.unreadable : String(error);
    respond(response, { kind: 'failure', status: isBadJson ? 422 : 500, text });
  }
}

function runControl(targets: ControlTargets, body: unknown): Outcome {
  try {
    return { kind: 'answer', body: control(targets, parseCommand(body)) };
  } catch (error) {
    return { kind: 'failure', status: 400, text: String(error) };
  }
}

function respond(response: ServerResponse, outcome: Outcome): void {
  if (outcome.kind === 'cut') {
    response.destroy();
    return;
  }
  const isAnswer = outcome.kind === 'answer';
  const text = isAnswer ? JSON.stringify(outcome.body) : outcome.text;
  response.writeHead(isAnswer ? 200 : outcome.status, {
    'content-type': isAnswer ? 'application/json' : 'text/plain',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
