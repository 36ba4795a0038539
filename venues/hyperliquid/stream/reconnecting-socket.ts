import { WebSocket, type RawData } from 'ws';
import type { SocketPace } from '../http/options.ts';

export interface SocketHandlers {
  /** Called when the connection is open, before any message. */
  onOpen(): void;
  /** Takes a message. Returns whether it shows that the subscribed data is flowing. */
  onMessage(text: string): boolean;
  onDown(reason: string): void;
}

/** A connection that is opened again whenever it is lost. */
export interface ReconnectingSocket {
  /** Sends a text while the connection is open, else drops it: `onOpen` has to send it again. */
  send(text: string): void;
  /** Gives up the connection and opens another. */
  restart(reason: string): void;
  close(): Promise<void>;
}

const PING = '{"method":"ping"}';
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Opens a connection and opens it again whenever it is lost. The SDK's own transport notices a dead peer only after 40 s
 * (30 s to the next ping, 10 s for the pong), does not tell when it has restored its subscriptions, and passes each
 * message through an event target, a schema and a promise.
 */
export function openReconnectingSocket(
  url: string,
  pace: SocketPace,
  handlers: SocketHandlers,
): ReconnectingSocket {
  let socket: WebSocket | null = null;
  let heardAt = 0;
  let asked = false;
  let attempt = 0;
  let closed = false;
  let heartbeat: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;

  function connect(): void {
    const line = new WebSocket(url, {
      handshakeTimeout: pace.connectTimeoutMs,
      perMessageDeflate: false,
      maxPayload: 32 * 1024 * 1024,
    });
    socket = line;
    line.on('open', () => {
      heard();
      heartbeat = setInterval(listen, Math.max(1, Math.floor(pace.pingAfterMs / 4)));
      handlers.onOpen();
    });
    line.on('message', (data: RawData) => {
      if (line !== socket) return;
      attempt = 0;
      if (handlers.onMessage(textOf(data))) heard();
    });
    line.on('error', (error) => lost(line, error.message));
    line.on('close', (code) => lost(line, `closed by the venue (${code})`));
  }

  function heard(): void {
    heardAt = performance.now();
    asked = false;
  }

  function listen(): void {
    const silentMs = performance.now() - heardAt;
    if (silentMs >= pace.staleAfterMs) {
      restart(`silent for ${Math.round(silentMs)} ms`);
    } else if (silentMs >= pace.pingAfterMs && !asked) {
      asked = true;
      socket?.send(PING);
    }
  }

  function lost(line: WebSocket, reason: string): void {
    if (line !== socket) return;
    socket = null;
    clearInterval(heartbeat);
    line.terminate();
    if (closed) return;
    const waitMs = Math.min(pace.maxBackoffMs, pace.minBackoffMs * 2 ** attempt);
    attempt += 1;
    retry = setTimeout(connect, waitMs);
    handlers.onDown(reason);
  }

  function restart(reason: string): void {
    if (socket !== null) lost(socket, reason);
  }

  connect();
  return {
    restart,
    send(text) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(heartbeat);
      const line = socket;
      socket = null;
      if (line !== null) await hangUp(line);
    },
  };
}

/** Closes a connection, and cuts it off when the venue does not close its side in time. */
function hangUp(line: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => line.terminate(), CLOSE_TIMEOUT_MS);
    line.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (line.readyState === WebSocket.OPEN) line.close();
    else line.terminate();
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}
