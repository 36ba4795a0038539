import { pipeline } from 'node:stream/promises';
import { Argument, Command } from 'commander';
import { openContext } from '../context.ts';
import { endOf, startOf } from '../day-option.ts';

const NAMES = ['fills', 'fees', 'funding', 'bills'] as const;

interface Options {
  from?: number;
  to?: number;
  deployment?: string;
}

/** `signalman export fills`: writes rows as CSV, page by page, however many there are. */
export const exportCommand = (): Command =>
  new Command('export')
    .description('write fills, fees, funding or bills as CSV, oldest first, for taxes and payments')
    .addArgument(new Argument('<what>', 'what to write').choices([...NAMES]))
    .option('--csv', 'as CSV, which is the only way there is')
    .option('--from <day>', 'from a day or month on (UTC)', startOf)
    .option('--to <day>', 'up to a day or month (UTC), that one included', endOf)
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .action(run);

async function run(what: string, { from, to, deployment }: Options): Promise<void> {
  const { api } = openContext();
  const rows = await api.download(`/exports/${what}`, { from, to, deploymentId: deployment });
  await pipeline(rows, process.stdout, { end: false });
}
