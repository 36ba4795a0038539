import { Command } from 'commander';
import { hyperliquidCommand } from './sandbox/hyperliquid.ts';
import { llmCommand } from './sandbox/llm.ts';
import { ostiumCommand } from './sandbox/ostium.ts';
import { telegramCommand } from './sandbox/telegram.ts';
import { xCommand } from './sandbox/x.ts';

/** `signalman sandbox <name>`: local stand-ins, for any client that can be pointed at an address. */
export const sandboxCommand = (): Command =>
  new Command('sandbox')
    .description('run a local stand-in for a venue, a language model, X or Telegram')
    .addCommand(hyperliquidCommand())
    .addCommand(ostiumCommand())
    .addCommand(llmCommand())
    .addCommand(xCommand())
    .addCommand(telegramCommand());
