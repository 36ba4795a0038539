import type { IncomingMessage, Server } from 'node:http';
import { WebSocketServer } from 'ws';
import type { ConnectionLimits } from '../streams/connection-limits.ts';
import type { StreamHub } from '../streams/hub.ts';
import { isRecord } from '../wire/fields.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import type { Gateway } from './gateway.ts';
import { MAX_BODY_BYTES } from '../../read-json.ts';

const TOO_MANY = 429;

/** Accepts WebSockets at `/ws` and hands them to the hub; their `post` requests go through the gateway. */
export function attachSockets(
  server: Server,
  hub: StreamHub,
  gateway: Gateway,
  limits: ConnectionLimits,
): void {
  const sockets = new WebSocketServer({
    server,
    path: '/ws',
    maxPayload: MAX_BODY_BYTES,
    verifyClient: ({ req }, accept) =>
      accept(limits.open(ipOf(req), Date.now()), TOO_MANY, 'Too Many Requests'),
  });
  sockets.on('connection', (socket, request) => {
    const ip = ipOf(request);
    socket.once('close', () => limits.close(ip));
    hub.attach(socket, { ip, limits, post: (posted) => answerPost(gateway, posted, ip) });
  });
}

const ipOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '';

async function answerPost(gateway: Gateway, posted: unknown, ip: string): Promise<object | undefined> {
  const { type, payload } = isRecord(posted) ? posted : {};
  if (type !== 'info' && type !== 'action') return { type: 'error', payload: VENUE_TEXT.unreadable };
  const outcome = type === 'info' ? await gateway.info(payload, ip) : await gateway.exchange(payload, ip);
  if (outcome.kind === 'cut') return undefined;
  if (outcome.kind === 'failure') return { type: 'error', payload: `${outcome.status}: ${outcome.text}` };
  return type === 'info'
    ? { type, payload: { type: isRecord(payload) ? payload['type'] : null, data: outcome.body } }
    : { type, payload: outcome.body };
}
