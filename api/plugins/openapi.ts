import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const DOCS = '/docs';

/** Documents every route registered after it: a page at /docs, OpenAPI 3.1 at /docs/json. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Signalman',
        version: '0.1.0',
        description:
          'From a signal to a billed trade. Amounts are decimal strings, times are milliseconds since 1970 (UTC), ' +
          'lists are newest first and go on at `nextCursor`. Errors are problems (RFC 9457) with stable codes.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS))
      route.config = { ...route.config, access: { scope: 'open', rows: 'none' } };
  });
  await app.register(swaggerUi, { routePrefix: DOCS });
}
