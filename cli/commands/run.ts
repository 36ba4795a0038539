import { Argument, Command } from 'commander';
import { CliError } from '../cli-error.ts';

const API = 'api';
const WORKERS = ['trading', 'watch', 'pipeline'];

/** `signalman run ROLES...`: one process of a production, in the foreground; `up` runs a whole system. */
export const runCommand = (): Command =>
  new Command('run')
    .description('run the API, or workers of these roles, in this process; databases are named by variables')
    .addArgument(
      new Argument('<roles...>', 'api alone, or one or more of the others').choices([API, ...WORKERS]),
    )
    .action(async (roles: string[]) => {
      if (!roles.includes(API)) return (await import('#workers/main.ts')).main(roles);
      if (roles.length > 1) throw new CliError('the API runs in a process of its own: signalman run api');
      return (await import('#api/server.ts')).main();
    });
