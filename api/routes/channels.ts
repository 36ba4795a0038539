import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listChannels } from '#prisma/repositories/notification-channels.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { problems } from '../schemas/common.ts';
import {
  channel,
  channelChange,
  channelInput,
  channelList,
  channelMade,
  channelParams,
  channelTest,
} from '../schemas/channel.ts';
import { addChannel } from '../use-cases/channels/add-channel.ts';
import {
  changeChannelState,
  editChannel,
  getOwnChannel,
  removeChannel,
} from '../use-cases/channels/change-channel.ts';
import { toView } from '../use-cases/channels/settings.ts';
import { testChannel } from '../use-cases/channels/test-channel.ts';

const PATH = '/notification-channels';

/** Where the caller is told of events: add, list, one, change, test, pause, resume, remove. */
export const channelRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(PATH, {
      config: { access: { scope: 'trade', rows: 'own', needsProof: true } },
      schema: {
        tags: ['notifications'],
        summary: 'Add a channel',
        description: 'The signing secret of a webhook and the word of a chat are shown by this answer only.',
        body: channelInput,
        response: { 201: channelMade, ...problems('channel_refused', 'channel_exists', 'too_many_channels') },
      },
      handler: async (request, reply) => {
        const principal = principalOf(request);
        const shown = await addChannel(deps, principal, request.body);
        const made = toView(await getOwnChannel(deps, principal, request.body.name));
        return reply
          .code(201)
          .header('location', `/v1${PATH}/${made.id}`)
          .send({ ...made, ...shown });
      },
    });

    app.get(PATH, {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['notifications'],
        summary: 'List your channels',
        response: { 200: channelList, ...problems() },
      },
      handler: async (request) => ({
        items: (await listChannels(deps.db, principalOf(request).userId)).map(toView),
      }),
    });

    app.get(`${PATH}/:channel`, {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['notifications'],
        summary: 'One channel, by id or name',
        params: channelParams,
        response: { 200: channel, ...problems('channel_not_found') },
      },
      handler: async (request) =>
        toView(await getOwnChannel(deps, principalOf(request), request.params.channel)),
    });

    app.patch(`${PATH}/:channel`, {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['notifications'],
        summary: 'Change what is told, and when',
        params: channelParams,
        body: channelChange,
        response: { 200: channel, ...problems('channel_not_found') },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const found = await getOwnChannel(deps, principal, request.params.channel);
        await editChannel(deps, principal, found, request.body);
        return toView(await getOwnChannel(deps, principal, found.id));
      },
    });

    app.delete(`${PATH}/:channel`, {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['notifications'],
        summary: 'Remove a channel, with what it was told',
        params: channelParams,
        response: { 200: channel, ...problems('channel_not_found') },
      },
      handler: async (request) => {
        const principal = principalOf(request);
        const found = await getOwnChannel(deps, principal, request.params.channel);
        await removeChannel(deps, principal, found);
        return toView(found);
      },
    });

    for (const [action, summary] of STATE_CHANGES) {
      app.post(`${PATH}/:channel/${action}`, {
        config: { access: { scope: 'trade', rows: 'own' } },
        schema: {
          tags: ['notifications'],
          summary,
          params: channelParams,
          response: { 200: channel, ...problems('channel_not_found') },
        },
        handler: async (request) => {
          const principal = principalOf(request);
          const found = await getOwnChannel(deps, principal, request.params.channel);
          await changeChannelState(deps, principal, found, action);
          return toView(await getOwnChannel(deps, principal, found.id));
        },
      });
    }

    app.post(`${PATH}/:channel/test`, {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['notifications'],
        summary: 'Send it a test now',
        params: channelParams,
        response: { 200: channelTest, ...problems('channel_not_found', 'channel_refused') },
      },
      handler: async (request) =>
        testChannel(deps, await getOwnChannel(deps, principalOf(request), request.params.channel)),
    });
  };

const STATE_CHANGES = [
  ['pause', 'Tell it nothing until it is resumed'],
  ['resume', 'Tell it again from now on, also where a refusal had switched it off'],
] as const;
