import type { ServiceFaults } from '../service/faults.ts';
import { startService, type ServiceAnswer, type ServiceRequest } from '../service/service.ts';

/** A message that a channel took. */
export interface TakenMessage {
  path: string;
  headers: ServiceRequest['headers'];
  /** As it was sent. */
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  body: any;
}

/** A running stand-in for the webhooks of Discord and Slack, and for a program's own. */
export interface ChannelSandbox {
  readonly url: string;
  readonly faults: ServiceFaults;
  readonly taken: readonly TakenMessage[];
  close(): Promise<void>;
}

/**
 * Starts a stand-in for channels: `/discord/…` answers as Discord's webhooks do, `/slack/…` as Slack's incoming ones,
 * and everything else as a program that takes what it is sent. Rejects if the port is taken.
 */
export async function startChannelSandbox({ port = 0 } = {}): Promise<ChannelSandbox> {
  const taken: TakenMessage[] = [];
  const service = await startService({
    port,
    answer(request) {
      const answered = answer(request);
      if ('status' in answered && answered.status < 300) taken.push(toTaken(request));
      return answered;
    },
  });
  return { url: service.url, faults: service.faults, taken, close: () => service.close() };
}

const toTaken = ({ url, headers, body }: ServiceRequest): TakenMessage => {
  const text = body.toString('utf8');
  return { path: url.pathname, headers, text, body: JSON.parse(text) };
};

function answer(request: ServiceRequest): ServiceAnswer {
  if (request.method !== 'POST') return { status: 405, body: {} };
  if (request.url.pathname.startsWith('/discord/')) return answerAsDiscord(request);
  if (request.url.pathname.startsWith('/slack/')) return answerAsSlack(request);
  return { status: 204, body: '' };
}

/** Source: discord.com/developers/docs/resources/webhook, "Execute Webhook". */
function answerAsDiscord({ url, body }: ServiceRequest): ServiceAnswer {
  const { content }: { content?: unknown } = JSON.parse(body.toString('utf8'));
  if (typeof content !== 'string' || content === '' || content.length > 2_000)
    return { status: 400, body: { code: 50_035, message: 'Invalid Form Body' } };
  return url.searchParams.get('wait') === 'true'
    ? { status: 200, body: { id: '1234', type: 0, content } }
    : { status: 204, body: '' };
}

/** Source: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, "Handling errors". */
function answerAsSlack({ body }: ServiceRequest): ServiceAnswer {
  const { text }: { text?: unknown } = JSON.parse(body.toString('utf8'));
  if (typeof text !== 'string') return { status: 400, body: 'invalid_payload' };
  return text === '' ? { status: 400, body: 'no_text' } : { status: 200, body: 'ok' };
}
