import { Command } from 'commander';
import type { ChangedLimits } from '#api/schemas/brake.ts';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import {
  describeChange,
  describeLimits,
  limitsOf,
  withLimitOptions,
  type LimitOptions,
} from '../limit-options.ts';

/** `signalman limits`: shows the limits of all deployments together; `set` changes them. */
export const limitsCommand = (): Command =>
  new Command('limits')
    .description('show the limits of all deployments together, or change them')
    .enablePositionalOptions()
    .option('--json', 'print JSON')
    .action(show)
    .addCommand(
      withLimitOptions(new Command('set'))
        .description('change limits of all deployments together; "none" takes one away')
        .option('--json', 'print JSON')
        .action(set),
    );

async function show({ json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const limits = await api.get<object>('/entry-limits');
  if (json) return out.json(limits);
  const lines = describeLimits(limits);
  for (const line of lines.length > 0 ? lines : ['nothing is limited for all deployments together'])
    out.line(line);
}

async function set({ json, ...options }: LimitOptions & { json?: boolean }): Promise<void> {
  const change = limitsOf(options);
  if (Object.keys(change).length === 0) throw new CliError('give a limit to change', 2);
  const { api, out } = openContext();
  const { before, after } = await api.patch<ChangedLimits>('/entry-limits', change);
  if (json) return out.json({ before, after });
  const lines = describeChange(before, after);
  for (const line of lines.length > 0 ? lines : ['nothing has changed']) out.line(line);
}
