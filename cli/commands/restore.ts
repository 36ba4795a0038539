import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { masterKeyFile } from '#config/secret-files.ts';
import { inspectBackup, restoreBackup, type BackupContent } from '#local/backup/restore.ts';
import { createOutput, renderTable, type Column, type Output } from '#terminal/output.ts';
import { findSystem } from '../find-api.ts';

interface Options {
  show?: boolean;
  json?: boolean;
}

/** `signalman restore FILE`: into an empty state folder, or the empty database of DATABASE_URL. */
export const restoreCommand = (): Command =>
  new Command('restore')
    .description(
      'bring a backup into an empty state folder, or the empty database of DATABASE_URL. Entries stay stopped until ' +
        'you release them',
    )
    .argument('<file>', 'a file of signalman backup')
    .option('--show', 'only read it, and show what it holds')
    .option('--json', 'print JSON')
    .action(async (file: string, { show, json }: Options) => {
      const out = createOutput(process.stdout, process.env);
      const content = show ? await inspectBackup(file) : await restore(file, out, json === true);
      if (json) return out.json(content);
      if (show) return showContent(content, out);
      const { stateDir, environment } = findSystem(process.env);
      out.line(`restored ${sum(content.rows)} rows, as of ${timeOf(content)}`);
      if (environment.SIGNALMAN_MASTER_KEY === undefined && !existsSync(masterKeyFile(stateDir)))
        out.line(
          `put the master key of then into ${masterKeyFile(stateDir)}: trading keys open with no other`,
        );
      out.line(
        'then: npx signalman up, npx signalman reconcile, and npx signalman release when the books are right',
      );
    });

function restore(file: string, out: Output, quiet: boolean): Promise<BackupContent> {
  const { environment, stateDir } = findSystem(process.env);
  return restoreBackup({
    file,
    stateDir,
    databaseUrl: environment.DATABASE_URL ?? null,
    withTemporal: environment.TEMPORAL_ADDRESS === undefined,
    log: (line) => void (quiet || out.line(line)),
  });
}

const COLUMNS: readonly Column<[string, number]>[] = [
  { title: 'table', cell: ([table]) => table },
  { title: 'rows', cell: ([, rows]) => String(rows), align: 'right' },
];

function showContent(content: BackupContent, out: Output): void {
  out.line(`backup of ${timeOf(content)} by version ${content.version}`);
  out.line(`Temporal's database: ${content.temporalServer ?? 'not in it'}`);
  const rows = Object.entries(content.rows).filter(([, count]) => count > 0);
  for (const line of renderTable(COLUMNS, rows, out.colors)) out.line(line);
  out.line(`${sum(content.rows)} rows in ${rows.length} tables`);
  for (const [name, value] of Object.entries(content.settings)) out.line(`${name}=${value}`);
}

const timeOf = ({ takenAt }: BackupContent): string => new Date(takenAt).toISOString();
const sum = (rows: BackupContent['rows']): number => Object.values(rows).reduce((a, b) => a + b, 0);
