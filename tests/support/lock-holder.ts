// Takes the lock of a trade for at most a second, says so, and works on: node lock-holder.ts DATABASE_URL TRADE_ID
import { asId, type TradeId } from '#domain/ids.ts';
import { openDatabase } from '#prisma/client.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';

const [url = '', trade = ''] = process.argv.slice(2);
await withTradeLock(
  openDatabase(url),
  asId<TradeId>(trade),
  async () => {
    console.log('held');
    await new Promise((resolve) => void setTimeout(resolve, 600_000));
  },
  1_000,
);
