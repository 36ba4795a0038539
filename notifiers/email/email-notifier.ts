import { createTransport, type Transporter } from 'nodemailer';
import { z } from 'zod';
import { reasonOf } from '#process/reason-of.ts';
import { ChannelDown, ChannelGone, MessageRefused, type ChannelError } from '../errors.ts';
import type { Notifier, SendRequest } from '../notifier.ts';
import { clip, joinWords, toWords } from '../words.ts';

export interface EmailSettings {
  /** `smtp://user:password@host:587` or `smtps://…`; null where no mail is sent. */
  smtpUrl: string | null;
  /** The sender, such as `Signalman <signals@example.com>`. */
  from: string;
}

const target = z.strictObject({ address: z.email().max(254) });

const MAX_LENGTH = 50_000;
const MAX_SUBJECT = 150;

/** E-mail over an SMTP server. */
export function createEmailNotifier(settings: EmailSettings, { timeoutMs }: { timeoutMs: number }): Notifier {
  return {
    kind: 'email',
    target,
    isForPeople: true,
    maxNotices: 5_000,
    describe: (given) => target.parse(given).address.replace(/^(.)[^@]*/, '$1…'),
    async send(request) {
      if (settings.smtpUrl === null) throw new ChannelDown('no mail is sent here: set SMTP_URL');
      const timeouts = {
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
      };
      const transport = createTransport({
        url: settings.smtpUrl,
        ...timeouts,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await sendWithin(transport, settings.from, request, timeoutMs);
      } finally {
        transport.close();
      }
    },
  };
}

async function sendWithin(
  transport: Transporter,
  from: string,
  { target: given, message, signal }: SendRequest,
  timeoutMs: number,
): Promise<void> {
  const { address } = target.parse(given);
  const words = toWords(message);
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const sending = transport.sendMail({
    from,
    to: address,
    subject: clip(`Signalman: ${words.heading}`, MAX_SUBJECT),
    text: `${joinWords(words, MAX_LENGTH)}\n`,
    // The same for every attempt, so that a mail program shows a message that came twice once.
    messageId: `<${message.id}@signalman>`,
    headers: { 'auto-submitted': 'auto-generated' },
  });
  const stopped = Promise.withResolvers<never>();
  const stop = () =>
    stopped.reject(new ChannelDown(`the mail server did not take it within ${timeoutMs / 1_000} s`));
  ended.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([sending, stopped.promise]);
  } catch (error) {
    sending.catch(() => undefined);
    throw error instanceof ChannelDown ? error : failureOf(error);
  } finally {
    ended.removeEventListener('abort', stop);
  }
}

const smtpFailure = z.object({ responseCode: z.number().optional(), command: z.string().optional() });

/** Source: RFC 5321, 4.2.1: 5yz is lasting, 4yz is not. What is not about the recipient is not the channel's fault. */
function failureOf(error: unknown): ChannelError {
  const { responseCode, command } = smtpFailure.safeParse(error).data ?? {};
  if (responseCode !== undefined && responseCode >= 500 && command === 'RCPT TO')
    return new ChannelGone('email_refused', `the mail server refuses the address: ${responseCode}`);
  if (responseCode !== undefined && responseCode >= 500 && command === 'DATA')
    return new MessageRefused(`the mail server refuses the message: ${responseCode}`);
  return new ChannelDown(`the mail server cannot be used: ${responseCode ?? reasonOf(error)}`);
}
