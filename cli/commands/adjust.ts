import { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import { addTarget, barriersOf, level, type LevelOptions } from '../levels.ts';
import { shortId } from '#terminal/output.ts';

interface Options extends LevelOptions {
  note?: string;
  json?: boolean;
}

/** `signalman adjust <id>`: other exits for an open position, at a person's word. */
export const adjustCommand = (): Command =>
  new Command('adjust')
    .description('replace the exits of an open trade; those not given are gone')
    .argument('<id>', 'the trade, or the last 6 or more characters of its id')
    .option('--policy <file>', 'exits: barriers as JSON')
    .option('--stop <level>', 'stop loss: 5% of the entry price, or a price', level)
    .option(
      '--target <level[:fraction]>',
      'take profit: 4%:0.5 or 52000:1; may be given again',
      addTarget,
      [],
    )
    .option('--note <text>', 'why, for the story and the audit log')
    .option('--json', 'print JSON')
    .action(run);

async function run(id: string, options: Options): Promise<void> {
  const barriers = await barriersOf(options);
  if (barriers === null) throw new CliError('no exits given: use --stop, --target or --policy', 2);
  const { api, out } = openContext();
  const answer = await api.post<{ tradeId: string; remainingSize: string | null; stopPrice: string | null }>(
    `/trades/${encodeURIComponent(id)}/adjust`,
    { barriers, ...(options.note !== undefined && { note: options.note }) },
  );
  if (options.json) return out.json(answer);
  const { tradeId, remainingSize, stopPrice } = answer;
  out.line(`trade ${shortId(tradeId)}: stop rests at ${stopPrice ?? '-'} for ${remainingSize ?? '-'}`);
}
