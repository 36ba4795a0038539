import { z } from 'zod';
import { ChannelGone } from '../errors.ts';
import { maskUrl, postedUrl } from '../http-target.ts';
import type { Message, Notice, Notifier } from '../notifier.ts';
import { failureOf, post, type PostOptions } from '../post.ts';
import { clip } from '../words.ts';
import { isSigningSecret, signBody } from './signature.ts';

/** Events in one request: the specification asks for bodies below 20 KB. */
const MAX_NOTICES = 25;
const MAX_TEXT = 500;
const MAX_DATA_BYTES = 2_000;

/**
 * Requests to a program, signed by the Standard Webhooks specification: `webhook-id` stays over all attempts, and each
 * event has an id of its own, by which a program leaves out what it has.
 */
export function createWebhookNotifier(options: PostOptions): Notifier {
  const target = z.strictObject({
    url: postedUrl(options),
    secret: z.string().refine(isSigningSecret, 'must be whsec_ and 24 to 64 bytes in base64'),
  });
  return {
    kind: 'webhook',
    target,
    isForPeople: false,
    maxNotices: MAX_NOTICES,
    describe: (given) => maskUrl(target.parse(given).url),
    async send({ target: given, message, now, signal }) {
      const { url, secret } = target.parse(given);
      const body = JSON.stringify(toBody(message, now));
      const timestamp = String(Math.floor(now / 1_000));
      const headers = {
        'webhook-id': message.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signBody(secret, { id: message.id, timestamp, body }),
      };
      const answered = await post({ url, body, headers, signal }, options);
      if (answered.status >= 200 && answered.status < 300) return;
      const { host } = new URL(url);
      if ([401, 403, 410].includes(answered.status))
        throw new ChannelGone('webhook_gone', `${host} answers with status ${answered.status}`);
      throw failureOf(host, answered, now);
    },
  };
}

const toBody = ({ notices }: Message, now: number): object =>
  notices.length === 1
    ? toEvent(notices[0])
    : { type: 'events', timestamp: new Date(now).toISOString(), data: { events: notices.map(toEvent) } };

const toEvent = ({ id, topic, severity, type, title, text, at, data }: Notice): object => ({
  type: `${topic}.${type}`,
  timestamp: new Date(at).toISOString(),
  data: { id, severity, title: clip(title, MAX_TEXT), text: clip(text, MAX_TEXT), ...boundedData(data) },
});

/** Facts that would make the body too long are left out: the API has them. */
const boundedData = (data: object): object =>
  JSON.stringify(data).length <= MAX_DATA_BYTES ? { facts: data } : {};
