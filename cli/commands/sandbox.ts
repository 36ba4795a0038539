import { Command } from 'commander';
import { hyperliquidCommand } from './sandbox/hyperliquid.ts';
import { ostiumCommand } from './sandbox/ostium.ts';

/** `signalman sandbox <venue>`: local stand-ins for venues, for any client that can be pointed at an address. */
export const sandboxCommand = (): Command =>
  new Command('sandbox')
    .description('run a local stand-in for a venue')
    .addCommand(hyperliquidCommand())
    .addCommand(ostiumCommand());
