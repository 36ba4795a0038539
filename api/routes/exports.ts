import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { csvLine } from '#domain/csv.ts';
import type { Database } from '#prisma/client.ts';
import { EXPORTS, exportRows, type ExportFilter, type ExportName } from '#prisma/repositories/exports.ts';
import type { ApiDeps } from '../deps.ts';
import { ownRows } from '../plugins/auth.ts';
import { id, problems } from '../schemas/common.ts';
import { given } from '../use-cases/given.ts';

const CSV_TYPE = 'text/csv; charset=utf-8';
/** The year 9999; whoever gives no end wants everything. */
const FOREVER = 253_370_764_800_000;

const exportParams = z.object({
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list
  name: z.enum(Object.keys(EXPORTS) as ExportName[]),
});
const exportQuery = z.object({
  from: z.coerce.number().int().min(0).max(FOREVER).default(0),
  to: z.coerce.number().int().min(0).max(FOREVER).default(FOREVER),
  deploymentId: id.optional(),
});

/** Fills, fees, funding and bills as CSV, oldest first. */
export const exportRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/exports/:name', {
      config: { access: { scope: 'read', rows: 'own', needsProof: true } },
      schema: {
        tags: ['exports'],
        summary: 'Fills, fees, funding or bills as CSV, oldest first',
        params: exportParams,
        querystring: exportQuery,
        response: { 200: { content: { 'text/csv': { schema: z.any() } } }, ...problems() },
      },
      handler: (request, reply) => {
        const { name } = request.params;
        const { from, to, ...rest } = request.query;
        const filter = { from, to, ...given(rest), ...ownRows(request) };
        return reply
          .type(CSV_TYPE)
          .header('content-disposition', `attachment; filename="${name}.csv"`)
          .send(Readable.from(csvPages(db, name, filter)));
      },
    });
  };

/** Yields the header, then a page of lines at a time: nothing is read before the reader has taken what came before. */
async function* csvPages(db: Database, name: ExportName, filter: ExportFilter): AsyncGenerator<string> {
  yield csvLine(EXPORTS[name]);
  for await (const rows of exportRows(db, name, filter)) yield rows.map(csvLine).join('');
}
