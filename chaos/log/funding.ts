import { HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import type { FundingEvent } from '../judge/record.ts';
import { nettedLine } from './lines.ts';

/** Returns what the accounts of owners were paid for their positions, by the venue's own list. */
export async function readFunding(
  url: string,
  owners: readonly { readonly address: string }[],
): Promise<FundingEvent[]> {
  const info = new InfoClient({ transport: new HttpTransport({ isTestnet: true, apiUrl: url }) });
  const lists = owners.map(async ({ address }) => {
    const payments = await info.userFunding({ user: `0x${address.slice(2)}`, startTime: 0 });
    return payments.map(({ time, delta: { coin, usdc, szi } }): FundingEvent => ({
      kind: 'funding',
      at: time,
      line: nettedLine(address, coin),
      usd: usdc,
      size: szi,
    }));
  });
  return (await Promise.all(lists)).flat();
}
