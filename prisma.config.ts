import { defineConfig } from 'prisma/config';

// For Prisma's own command line (`prisma migrate deploy`, `prisma studio`). The programs here take their
// DATABASE_URL from config/env.ts and migrate through prisma/migrate.ts.
const databaseUrl = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Generating the client needs no database, so its address may be missing.
  ...(databaseUrl !== undefined && { datasource: { url: databaseUrl } }),
});
