import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const DOCS = '/docs';

/** Documents every route registered after it: a page at /docs, OpenAPI 3.1 at /docs/json. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  const bodiless = new Set<string>();
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (schema?.body instanceof z.ZodType && schema.body.safeParse(undefined).success)
      for (const each of [method].flat()) bodiless.add(operation(each, url));
  });
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
    transformObject: (document) => withOptionalBodies(jsonSchemaTransformObject(document), bodiless),
  });
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS))
      route.config = { ...route.config, access: { scope: 'open', rows: 'none' } };
  });
  await app.register(swaggerUi, { routePrefix: DOCS });
}

const operation = (method: string, url: string): string => `${method.toLowerCase()} ${url}`;

const METHODS = ['post', 'put', 'patch', 'delete'] as const;
type Description = ReturnType<typeof jsonSchemaTransformObject>;

/** Says of the bodies of these operations that they may be left out, which the library says of none. */
function withOptionalBodies(description: Description, bodiless: ReadonlySet<string>): Description {
  const paths = 'paths' in description ? description.paths : undefined;
  for (const [path, item] of Object.entries(paths ?? {})) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const method of METHODS.filter((each) => bodiless.has(operation(each, url)))) {
      const body = item?.[method]?.requestBody;
      if (body && 'content' in body) body.required = false;
    }
  }
  return description;
}
