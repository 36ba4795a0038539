import { Command } from 'commander';
import { migrate } from '#prisma/migrate.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { findSystem } from '../find-api.ts';

/** `signalman migrate`: brings a database to this version, as `up` does by itself. */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('apply the migrations that the database of DATABASE_URL lacks')
    .action(async () => {
      const { environment, run, stateDir } = findSystem(process.env);
      const url = environment.DATABASE_URL ?? run?.databaseUrl;
      if (url === undefined) {
        throw new CliError(
          `no database: set DATABASE_URL, or start the one of ${stateDir} with npx signalman up`,
        );
      }
      const out = createOutput(process.stdout, process.env);
      await migrate(url, { log: (line) => out.line(line) });
    });
