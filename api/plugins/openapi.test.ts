import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { documentRoutes } from './openapi.ts';

test('a body that may be left out is described as such, and no other', async () => {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await documentRoutes(app);
  const left = z.preprocess((body) => body ?? {}, z.strictObject({ note: z.string().optional() }));
  app.post('/trades/:id/pause', { schema: { body: left }, handler: () => '' });
  app.post('/agents', { schema: { body: z.strictObject({ name: z.string() }) }, handler: () => '' });
  await app.ready();
  const { paths } = app.swagger();
  expect(paths?.['/trades/{id}/pause']).toMatchObject({ post: { requestBody: { required: false } } });
  expect(paths?.['/agents']).toMatchObject({ post: { requestBody: { required: true } } });
  await app.close();
});
