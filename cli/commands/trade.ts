import { Command } from 'commander';
import type { TradeDetails } from '#api/schemas/trade.ts';
import { openContext } from '../context.ts';
import { renderTrade } from '../render/trade.ts';

/** `signalman trade <id>`: how one trade stands, and everything that happened to it. */
export const tradeCommand = (): Command =>
  new Command('trade')
    .description('show one trade: how it stands, why, and every event, order and fill')
    .argument('<id>', 'the trade, or the last 6 or more characters of its id')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const details = await api.get<TradeDetails>(`/trades/${encodeURIComponent(id)}`);
      if (json) return out.json(details);
      for (const line of renderTrade(details, out.colors)) out.line(line);
    });
