import { Command } from 'commander';
import type { CloseAllAnswer } from '#api/schemas/trade.ts';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import { shortId } from '#terminal/output.ts';

interface Options {
  deployment?: string;
  pause?: boolean;
  note?: string;
  yes?: boolean;
  json?: boolean;
}

/** `signalman close-all`: closes every position, or the positions of one deployment. */
export const closeAllCommand = (): Command =>
  new Command('close-all')
    .description('close every position at once, or those of one deployment')
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .option('--pause', 'take no new trades either')
    .option('--note <text>', 'why, for the audit log')
    .option('--yes', 'do it: without this nothing is closed')
    .option('--json', 'print JSON')
    .action(run);

async function run({ deployment, pause, note, yes, json }: Options): Promise<void> {
  if (!yes) throw new CliError('this closes positions at the market; say so with --yes', 2);
  const { api, out } = openContext();
  const answer = await api.post<CloseAllAnswer>('/trades/close-all', {
    ...(deployment !== undefined && { deploymentId: deployment }),
    ...(pause && { pause }),
    ...(note !== undefined && { note }),
  });
  const failed = answer.trades.filter(({ requested }) => !requested);
  if (failed.length > 0) process.exitCode = 1;
  if (json) return out.json(answer);
  for (const id of answer.paused) out.line(`deployment ${shortId(id)}: takes no new trades`);
  for (const { tradeId, problem } of answer.trades)
    out.line(`trade ${shortId(tradeId)}: ${problem === null ? 'asked to close' : `NOT asked: ${problem}`}`);
  if (answer.trades.length === 0) out.line('nothing is open');
}
