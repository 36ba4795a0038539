import type { ServerResponse } from 'node:http';
import type { EventCursor, FeedEvent } from '#prisma/repositories/event-feed.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';

/** Bytes that may wait for a listener who reads too slowly; it is cut off then, and goes on where it was. */
const MAX_WAITING_BYTES = 1_000_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 3_000;

/** Server-sent events (WHATWG HTML, section 9.2) on one response. */
export interface EventStream {
  /** Sends an event that the listener may see, unless it has been sent. */
  send(event: FeedEvent): void;
  /** Sends a line that keeps the connection open. */
  beat(): void;
  /** Tells the listener that events are missing and that it is to read everything anew. */
  reset(end: EventCursor): void;
  /** Ends the stream with the code of the reason. */
  end(code: string): void;
}

/** Returns whether the event concerns the listener. */
const isSeen = ({ userIds }: FeedEvent, { ofUser }: OfUser): boolean =>
  ofUser === undefined || userIds === null || userIds.includes(ofUser);

/** Opens a stream behind a place in the outbox; `sight` says at each event whose events the listener may see. */
export function openEventStream(
  response: ServerResponse,
  { after, sight }: { after: EventCursor; sight: () => OfUser },
): EventStream {
  let sent = after;
  const write = (text: string): void => {
    if (response.writableEnded) return;
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    else response.write(text);
  };
  write(`retry: ${RETRY_MS}\n\n`);
  return {
    send(event) {
      if (!isBehind(event, sent)) return;
      sent = { tx: event.tx, id: event.id };
      if (isSeen(event, sight()))
        write(`id: ${writeCursor(event)}\nevent: ${nameOf(event)}\ndata: ${bodyOf(event)}\n\n`);
    },
    beat: () => write(': beat\n\n'),
    reset(end) {
      sent = end;
      write(`id: ${writeCursor(end)}\nevent: reset\ndata: {}\n\n`);
    },
    end(code) {
      write(`event: ended\ndata: ${JSON.stringify({ code })}\n\n`);
      response.end();
    },
  };
}

const nameOf = ({ tradeId }: FeedEvent): string => (tradeId === null ? 'system' : 'trade');

function bodyOf(event: FeedEvent): string {
  const { tx: _tx, id: _id, userIds: _userIds, ...shown } = event;
  return JSON.stringify({ id: writeCursor(event), ...shown });
}

const isBehind = (event: EventCursor, { tx, id }: EventCursor): boolean =>
  event.tx > tx || (event.tx === tx && event.id > id);

/** Returns a place in the outbox as clients keep it, such as `812.40`. */
export const writeCursor = ({ tx, id }: EventCursor): string => `${tx}.${id}`;

const CURSOR = /^(\d{1,18})\.(\d{1,18})$/;

/** Reads what {@link writeCursor} wrote; null for anything else. */
export function readCursor(text: string): EventCursor | null {
  const [, tx, id] = CURSOR.exec(text) ?? [];
  return tx === undefined || id === undefined ? null : { tx: BigInt(tx), id: BigInt(id) };
}
