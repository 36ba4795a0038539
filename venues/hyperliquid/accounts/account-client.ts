import type { AccountClient } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import type { FeeBook } from './fee-book.ts';
import { SILENT, type HyperliquidOptions } from '../http/options.ts';
import { createAccountModeCheck } from './account-mode.ts';
import { adviceOn, readKeyState } from './key-state.ts';
import type { MarginSettings } from './margin-settings.ts';
import { readAccount, type AccountReading } from './read-account.ts';
import { readFills, readFundings } from './read-fills.ts';
import { readOpenOrders } from './read-open-orders.ts';
import { readOrder } from './read-order.ts';

/** Reads an account by the address that owns the funds; the address of a trading key has none. Throws `VenueError`. */
export function createAccountClient(
  client: HyperliquidClient,
  { margins, fees }: { margins: MarginSettings; fees: FeeBook },
  {
    builtMarkets = [],
    logger = SILENT,
    onTime = () => undefined,
  }: Pick<HyperliquidOptions, 'builtMarkets' | 'logger'> & Partial<Pick<AccountReading, 'onTime'>> = {},
): AccountClient {
  const requireOwnMargin = createAccountModeCheck(client);
  const reading = { client, margins, builtMarkets, requireOwnMargin, onTime };
  return {
    account: (user) => readAccount(reading, user),
    openOrders: (user) => readOpenOrders(client, user, builtMarkets),
    orderByClientId: (user, clientOrderId) => readOrder(client, user, clientOrderId),
    fillsSince: (user, sinceMs) => readFills(client, user, sinceMs),
    fundingSince: (user, sinceMs) => readFundings(client, user, sinceMs),
    marginSetting: (user, symbol) => margins.of(user, symbol),
    fees: (user, symbol) => fees.of(user, symbol),
    async keyState(user, signerAddress) {
      const key = await readKeyState(client, user, signerAddress.toLowerCase());
      if (key.state !== 'approved')
        logger.warn({ account: user, signer: signerAddress, ...key }, adviceOn(key));
      return key;
    },
  };
}
