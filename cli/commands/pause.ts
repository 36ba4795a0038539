import { Command } from 'commander';
import type { TradeRequested } from '#api/schemas/trade.ts';
import { openContext } from '../context.ts';
import { shortId } from '#terminal/output.ts';

/** `signalman pause <id>`. */
export const pauseCommand = (): Command =>
  new Command('pause')
    .description('stop the automatic exits of a trade; its stop at the venue stays')
    .argument('<id>', 'the trade, or the last 6 or more characters of its id')
    .option('--note <text>', 'why, for the audit log')
    .option('--json', 'print JSON')
    .action(async (id: string, { note, json }: { note?: string; json?: boolean }) => {
      const { api, out } = openContext();
      const body = note === undefined ? {} : { note };
      const answer = await api.post<TradeRequested>(`/trades/${encodeURIComponent(id)}/pause`, body);
      if (json) return out.json(answer);
      out.line(`trade ${shortId(answer.tradeId)}: asked to pause`);
    });
