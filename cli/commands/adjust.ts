import { Command } from 'commander';
import type { TradeAdjusted } from '#api/schemas/trade.ts';
import { CliError } from '../cli-error.ts';
import { openContext } from '../context.ts';
import { addTarget, barriersOf, level, type LevelOptions } from '../levels.ts';
import { shortId } from '#terminal/output.ts';

interface Options extends LevelOptions {
  timeLimit: boolean;
  breakEven?: boolean;
  note?: string;
  json?: boolean;
}

/** `signalman adjust <id>`: replaces parts of the exits of an open trade. */
export const adjustCommand = (): Command =>
  new Command('adjust')
    .description('replace parts of the exits of an open trade')
    .argument('<id>', 'the trade, or the last 6 or more characters of its id')
    .option('--policy <file>', 'exits: barriers as JSON (docs/barriers.md)')
    .option('--stop <level>', 'stop loss: a percentage of the entry price such as 5%, or a price', level)
    .option(
      '--target <level[:fraction]>',
      'take profit: 4%:0.5 or 52000:1; may be given again',
      addTarget,
      [],
    )
    .option('--break-even', 'move the stop to break-even now, unless it is tighter')
    .option('--no-time-limit', 'take the time limit away')
    .option('--note <text>', 'why, for the story and the audit log')
    .option('--json', 'print JSON')
    .addHelpText('after', MERGING)
    .action(run);

const MERGING = `
An option replaces that part, and the other parts of the trade stay: the stop where it rests, targets that have
not filled, the trail and the time limit. A stop may secure a profit: the price of now judges it. Stop and targets together are a plan of their own: of the trade it
takes the time limit alone.`;

async function run(id: string, options: Options): Promise<void> {
  const named = await barriersOf(options);
  if (named === null && options.timeLimit && !options.breakEven)
    throw new CliError('no exits given: use --stop, --target, --break-even, --policy or --no-time-limit', 2);
  const barriers = {
    ...named,
    ...(options.breakEven && { breakEven: { afterTakeProfit: 0 } }),
    ...(!options.timeLimit && { timeLimitMs: null }),
  };
  const { api, out } = openContext();
  const answer = await api.post<TradeAdjusted>(`/trades/${encodeURIComponent(id)}/adjust`, {
    barriers,
    ...(options.note !== undefined && { note: options.note }),
  });
  if (options.json) return out.json(answer);
  const { tradeId, remainingSize, stopPrice } = answer;
  out.line(`trade ${shortId(tradeId)}: stop rests at ${stopPrice ?? '-'} for ${remainingSize ?? '-'}`);
}
