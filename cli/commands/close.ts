import { Command } from 'commander';
import type { TradeRequested } from '#api/schemas/trade.ts';
import { openContext, wholeNumber } from '../context.ts';
import { shortId } from '#terminal/output.ts';

interface Options {
  note?: string;
  wait: boolean;
  timeout: number;
  json?: boolean;
}

const MAX_WAIT_SECONDS = 30;

/** `signalman close <id>`: closes the position at once; a trade without an order is skipped. */
export const closeCommand = (): Command =>
  new Command('close')
    .description('close the position of a trade at once')
    .argument('<id>', 'the trade, or the last 6 or more characters of its id')
    .option('--note <text>', 'why, for the audit log')
    .option('--no-wait', 'do not wait until the position is flat')
    .option('--timeout <seconds>', 'how long to wait, 1 to 30', wholeNumber(1, MAX_WAIT_SECONDS), 10)
    .option('--json', 'print JSON')
    .action(run);

async function run(id: string, { note, wait, timeout, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const answer = await api.post<TradeRequested>(`/trades/${encodeURIComponent(id)}/close`, {
    wait,
    waitMs: timeout * 1000,
    ...(note !== undefined && { note }),
  });
  // The close goes on, but the caller asked to wait for a flat position.
  if (wait && !answer.closed) process.exitCode = 1;
  if (json) return out.json(answer);
  const name = shortId(answer.tradeId);
  if (answer.closed) return out.line(`trade ${name}: flat`);
  const state = wait ? `asked to close, not flat after ${timeout} s` : 'asked to close';
  out.line(`trade ${name}: ${state}; see: signalman trade ${name}`);
}
