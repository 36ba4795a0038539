import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { openContext } from '../../context.ts';
import { startOf } from '../../day-option.ts';

interface Options {
  format: string;
}

/** `signalman bills statement <deployment> <month>`: what a deployment owes for a month. */
export const statementCommand = (): Command =>
  new Command('statement')
    .description('write what a deployment owes for a calendar month (UTC), as JSON, CSV or a page to print')
    .argument('<deployment>', 'its id, or the last 6 characters of it')
    .argument('<month>', 'such as 2026-11', readMonth)
    .addOption(
      new Option('--format <format>', 'what to write').choices(['json', 'csv', 'html']).default('json'),
    )
    .action(run);

/** Returns the month as it was typed; commander reports one that there is not. */
function readMonth(text: string): string {
  if (text.length !== 7) throw new InvalidArgumentError('must be a month, such as 2026-11.');
  startOf(text);
  return text;
}

async function run(deployment: string, month: string, { format }: Options): Promise<void> {
  const { api } = openContext();
  const page = await api.download(`/deployments/${deployment}/statements/${month}`, { format });
  await pipeline(page, process.stdout, { end: false });
}
