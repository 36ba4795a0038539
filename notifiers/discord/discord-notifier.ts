import { z } from 'zod';
import { parseJson } from '#process/parse-json.ts';
import { ChannelBusy, ChannelDown, ChannelGone, MessageRefused } from '../errors.ts';
import { maskUrl, postedUrl } from '../http-target.ts';
import type { Notifier } from '../notifier.ts';
import { failureOf, post, type PostAnswer, type PostOptions } from '../post.ts';
import { joinWords, toWords } from '../words.ts';

/** Source: discord.com/developers/docs/resources/webhook, "Execute Webhook": `content` up to 2,000 characters. */
const MAX_LENGTH = 2_000;
/** `SUPPRESS_EMBEDS` of the message flags. */
const NO_PREVIEWS = 4;
const HOOK = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+$/;

/** Webhooks of Discord channels. */
export function createDiscordNotifier(options: PostOptions): Notifier {
  const target = z.strictObject({
    url: postedUrl(options).refine(
      (url) => options.allowPrivate || HOOK.test(url),
      'must be a webhook of Discord: https://discord.com/api/webhooks/…',
    ),
  });
  return {
    kind: 'discord',
    target,
    isForPeople: true,
    maxNotices: 5_000,
    describe: (given) => maskUrl(target.parse(given).url),
    async send({ target: given, message, now, signal }) {
      const url = new URL(target.parse(given).url);
      url.searchParams.set('wait', 'true');
      const content = joinWords(toWords(message), MAX_LENGTH, (heading) => `**${heading}**`, escapeMarkdown);
      // What a post says must call nobody.
      const body = { content, flags: NO_PREVIEWS, allowed_mentions: { parse: [] } };
      const answered = await post({ url: url.href, body: JSON.stringify(body), signal }, options);
      const failure = judge(url.host, answered, now);
      if (failure) throw failure;
    },
  };
}

function judge(host: string, answered: PostAnswer, now: number): Error | null {
  const { status, text } = answered;
  const body = z.record(z.string(), z.unknown()).safeParse(parseJson(text)).data;
  if (status === 204 || (status === 200 && body?.['id'] !== undefined)) return null;
  if (status === 200) return new ChannelDown(`${host} answers 200 with what is no message of Discord`);
  if ([401, 403, 404, 410].includes(status))
    return new ChannelGone(
      'discord_webhook_gone',
      `${host} answers with status ${status}: the webhook was deleted`,
    );
  if (status === 400) return new MessageRefused(`${host} refuses the message with status 400`);
  const waitS = body?.['retry_after'];
  if (status === 429 && typeof waitS === 'number')
    return new ChannelBusy(`${host} answers with status 429`, now + Math.ceil(waitS * 1_000));
  return failureOf(host, answered, now);
}

/** Source: discord.com/developers/docs/reference, "Message Formatting". */
const escapeMarkdown = (text: string): string => text.replaceAll(/[\\*_~`|>#[\]()<@:-]/g, String.raw`\$&`);
