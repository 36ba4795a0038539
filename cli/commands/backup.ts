import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { publicSettings } from '#config/env.ts';
import { writeBackup } from '#local/backup/backup.ts';
import { createOutput } from '#terminal/output.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { CliError } from '../cli-error.ts';
import { findSystem } from '../find-api.ts';

/** `signalman backup FILE`: the books and, where it is ours, Temporal's database, while everything runs. */
export const backupCommand = (): Command =>
  new Command('backup')
    .description(
      'write the database, sealed keys included, and the embedded Temporal database to a file, while everything ' +
        'runs. The master key, which opens the sealed keys, is not in it: keep it elsewhere',
    )
    .argument('<file>', 'a file that does not exist yet')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { environment, run, stateDir } = findSystem(process.env);
      const databaseUrl = environment.DATABASE_URL ?? run?.databaseUrl;
      if (databaseUrl === undefined) {
        throw new CliError(
          `no database: start the one of ${stateDir} with npx signalman up, or set DATABASE_URL`,
        );
      }
      await writeBackup({
        file,
        databaseUrl,
        temporalFolder: environment.TEMPORAL_ADDRESS === undefined ? join(stateDir, 'temporal') : null,
        version: packageJson.version,
        settings: publicSettings(process.env),
      });
      const out = createOutput(process.stdout, process.env);
      const bytes = statSync(file).size;
      if (json) return out.json({ file: resolve(file), bytes });
      out.line(`wrote ${resolve(file)}, ${Math.ceil(bytes / 1024).toLocaleString('en')} KiB`);
      out.line('see what it holds: npx signalman restore --show FILE');
    });
