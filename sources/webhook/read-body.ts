import type { z } from 'zod';
import type { StructuredCall } from '#domain/structured-call.ts';
import { parseJson } from '#process/parse-json.ts';
import { closeCall, openCall, textMessage } from './call-schema.ts';

/** A message that was posted to us. */
export interface PostedMessage {
  /** Words, or the body as it came where it holds a call in fields. */
  text: string;
  call: StructuredCall | null;
  /** The sender's own id; null where it gives none. */
  id: string | null;
  author: string | null;
  /** Epoch ms; null where the sender does not say. */
  sentAt: number | null;
  /** How old it may be when it arrives, in s; null leaves that to us. */
  maxLagS: number | null;
}

/** One wrong field: a JSON pointer into the body. */
export interface BodyProblem {
  pointer: string;
  detail: string;
}

export type ReadBody = { ok: true; message: PostedMessage } | { ok: false; problems: BodyProblem[] };

/**
 * Reads a body: a JSON object with `text` or with `action`, also as the `data` of an event, or plain words. What looks
 * like JSON must be JSON: a template whose placeholder was empty is no message.
 */
export function readBody(bytes: Buffer): ReadBody {
  const text = bytes.toString('utf8');
  if (!/^\s*[[{"]/.test(text)) return readWords(text);
  const json = parseJson(text);
  if (json === undefined)
    return refuse({
      pointer: '',
      detail: 'is not JSON; a placeholder that was empty leaves a gap in a template',
    });
  const [fields, prefix] = unwrap(json);
  if (!isRecord(fields)) return refuse({ pointer: '', detail: 'must be a JSON object with text or action' });
  return readFields(fields, { text, prefix });
}

function readWords(text: string): ReadBody {
  if (text.trim() === '') return refuse({ pointer: '', detail: 'is empty' });
  return { ok: true, message: { text, call: null, id: null, author: null, sentAt: null, maxLagS: null } };
}

/** An event of Standard Webhooks holds its message in `data`. */
function unwrap(json: unknown): [fields: unknown, prefix: string] {
  if (isRecord(json) && typeof json['type'] === 'string' && isRecord(json['data']))
    return [json['data'], '/data'];
  return [json, ''];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Received {
  text: string;
  prefix: string;
}

function readFields(fields: Record<string, unknown>, received: Received): ReadBody {
  const { action } = fields;
  if (action === 'open') return readOpen(fields, received);
  if (action === 'close') return readClose(fields, received);
  if (action !== undefined)
    return refuse({ pointer: `${received.prefix}/action`, detail: 'must be open or close' });
  const read = textMessage.safeParse(fields);
  if (!read.success) return refuse(...problemsOf(read.error, received));
  return { ok: true, message: { text: read.data.text, call: null, ...envelopeOf(read.data) } };
}

function readOpen(fields: Record<string, unknown>, received: Received): ReadBody {
  const read = openCall.safeParse(fields);
  if (!read.success) return refuse(...problemsOf(read.error, received));
  const { action, instrument, side, entry, stop, targets, leverage, size } = read.data;
  const call = { action, instrument, side, entry, stop, targets, leverage, size };
  return { ok: true, message: { text: received.text, call, ...envelopeOf(read.data) } };
}

function readClose(fields: Record<string, unknown>, received: Received): ReadBody {
  const read = closeCall.safeParse(fields);
  if (!read.success) return refuse(...problemsOf(read.error, received));
  const { action, instrument, side } = read.data;
  return {
    ok: true,
    message: { text: received.text, call: { action, instrument, side }, ...envelopeOf(read.data) },
  };
}

const envelopeOf = ({
  id,
  author,
  timestamp,
  max_lag: maxLag,
}: Pick<z.output<typeof textMessage>, 'id' | 'author' | 'timestamp' | 'max_lag'>) => ({
  id: id ?? null,
  author: author ?? null,
  sentAt: timestamp ?? null,
  maxLagS: maxLag ?? null,
});

const refuse = (...problems: BodyProblem[]): ReadBody => ({ ok: false, problems });

function problemsOf({ issues }: z.ZodError, { prefix }: Received): BodyProblem[] {
  return issues.flatMap((issue) => {
    const at = `${prefix}${issue.path.map((part) => `/${escapePointer(String(part))}`).join('')}`;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        pointer: `${at}/${escapePointer(key)}`,
        detail: 'is not a known field',
      }));
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return [{ pointer: at, detail: isMissing ? 'is missing' : issue.message }];
  });
}

/** RFC 6901. */
const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
