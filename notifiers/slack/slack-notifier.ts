import { z } from 'zod';
import { ChannelDown, ChannelGone, MessageRefused } from '../errors.ts';
import { maskUrl, postedUrl } from '../http-target.ts';
import type { Notifier } from '../notifier.ts';
import { failureOf, post, type PostAnswer, type PostOptions } from '../post.ts';
import { joinWords, toWords } from '../words.ts';

const MAX_LENGTH = 4_000;
const HOOK = /^https:\/\/hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w/-]+$/;

/** Incoming webhooks of Slack. Source: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export function createSlackNotifier(options: PostOptions): Notifier {
  const target = z.strictObject({
    url: postedUrl(options).refine(
      (url) => options.allowPrivate || HOOK.test(url),
      'must be an incoming webhook of Slack: https://hooks.slack.com/services/…',
    ),
  });
  return {
    kind: 'slack',
    target,
    isForPeople: true,
    maxNotices: 5_000,
    describe: (given) => maskUrl(target.parse(given).url),
    async send({ target: given, message, now, signal }) {
      const { url } = target.parse(given);
      const text = joinWords(toWords(message), MAX_LENGTH, undefined, escapeControl);
      const body = { text, mrkdwn: false, unfurl_links: false, unfurl_media: false };
      const answered = await post({ url, body: JSON.stringify(body), signal }, options);
      const failure = judge(new URL(url).host, answered, now);
      if (failure) throw failure;
    },
  };
}

function judge(host: string, answered: PostAnswer, now: number): Error | null {
  const { status, text } = answered;
  const code = /^\w{1,60}$/.test(text.trim()) ? text.trim() : `status ${status}`;
  if (status === 200 && code === 'ok') return null;
  if (status === 200) return new ChannelDown(`${host} answers 200 with what is no answer of Slack`);
  if ([401, 403, 404, 410].includes(status))
    return new ChannelGone('slack_webhook_gone', `${host} answers: ${code}`);
  if (status === 400) return new MessageRefused(`${host} refuses the message: ${code}`);
  return failureOf(host, answered, now);
}

/** Without these no mention and no link can be written. Source: docs.slack.dev/messaging/formatting-message-text. */
const escapeControl = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
