import { randomUUID } from 'node:crypto';
import { ChannelError } from '#notifiers/errors.ts';
import { openTarget } from '#notifiers/secret.ts';
import type { ChannelRecord } from '#prisma/repositories/notification-channels.ts';
import type { ApiDeps } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';
import type { ChannelTest } from '../../schemas/channel.ts';

const TIMEOUT_MS = 20_000;

/** Sends a test to a channel at once, and returns how that went. Throws `channel_refused` for one without a chat. */
export async function testChannel(deps: ApiDeps, channel: ChannelRecord): Promise<ChannelTest> {
  if (channel.target === null)
    throw new ProblemError('channel_refused', `The chat of ${channel.name} has not shown itself yet.`);
  const startedAt = performance.now();
  const took = () => Math.round(performance.now() - startedAt);
  try {
    await send(deps, channel);
    return { ok: true, code: null, error: null, tookMs: took() };
  } catch (error) {
    const code = error instanceof ChannelError ? error.code : 'channel_down';
    return { ok: false, code, error: error instanceof Error ? error.message : String(error), tookMs: took() };
  }
}

async function send({ notifiers, sourceKeys, now }: ApiDeps, { id, kind, name, target }: ChannelRecord) {
  const at = now();
  const messageId = randomUUID();
  await notifiers.get(kind)?.send({
    target: target && openTarget(sourceKeys, id, target),
    message: {
      id: messageId,
      notices: [
        {
          id: messageId,
          topic: 'channel',
          severity: 'info',
          type: 'test',
          title: 'Test',
          text: `The channel ${name} works.`,
          at,
          data: {},
        },
      ],
    },
    now: at,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
