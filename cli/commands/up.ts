import { Command, InvalidArgumentError } from 'commander';
import { ROLE_NAMES, type RoleName } from '#local/own-roles.ts';
import { runUp } from '../up/run-up.ts';

/** `signalman up`: the system in the foreground, until Ctrl-C. */
export const upCommand = (): Command =>
  new Command('up')
    .description(
      'run the system until Ctrl-C: Postgres, Temporal, API, workers and the venues that are configured',
    )
    .option('--sandbox', 'add local venues with play money')
    .option('--only <parts>', `some of ${ROLE_NAMES.join(',')}, by commas`, roleNames, [...ROLE_NAMES])
    .action(async ({ sandbox, only }: { sandbox?: boolean; only: readonly RoleName[] }) => {
      // Exits explicitly: a part that is still starting ends with this process.
      process.exit(await runUp({ sandbox: sandbox === true, roles: only }, process.env));
    });

function roleNames(text: string): RoleName[] {
  return text.split(',').map((name) => {
    const role = ROLE_NAMES.find((each) => each === name.trim());
    if (role) return role;
    throw new InvalidArgumentError(`${name} is none of ${ROLE_NAMES.join(', ')}.`);
  });
}
