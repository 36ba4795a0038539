import { Command } from 'commander';
import { DEFAULT_NAMESPACE, type Environment } from '#config/env.ts';
import { migrate } from '#prisma/migrate.ts';
import { ensureNamespace } from '#temporal/namespace.ts';
import { createOutput, type Output } from '#terminal/output.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import { CliError } from '../cli-error.ts';
import { findSystem } from '../find-api.ts';

/** `signalman migrate`: brings a database to this version, as `up` does by itself. */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('apply the migrations that the database of DATABASE_URL lacks')
    .option('--temporal', 'also make the namespace of TEMPORAL_ADDRESS, with what trades are found by')
    .action(async ({ temporal }: { temporal?: boolean }) => {
      const { environment, run, stateDir } = findSystem(process.env);
      const url = environment.DATABASE_URL ?? run?.databaseUrl;
      if (url === undefined) {
        throw new CliError(
          `no database: set DATABASE_URL, or start the one of ${stateDir} with npx signalman up`,
        );
      }
      const out = createOutput(process.stdout, process.env);
      await migrate(url, { log: (line) => out.line(line) });
      if (temporal) await prepareTemporal(environment, out);
    });

async function prepareTemporal(environment: Environment, out: Output): Promise<void> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = DEFAULT_NAMESPACE } = environment;
  if (address === undefined) throw new CliError('no Temporal server: set TEMPORAL_ADDRESS');
  await ensureNamespace(address, namespace, Object.values(SEARCH_ATTRIBUTES));
  out.line(`namespace ${namespace} of ${address} is ready`);
}
