import { approveAgent } from '@nktkas/hyperliquid/api/exchange';
import type { Outcome, TradingSigner } from '../../venue.ts';
import { createClient } from '../http/client.ts';
import { DEFAULT_TIMEOUT_MS, VENUE_WEIGHT_PER_MINUTE } from '../http/options.ts';
import { doneAnswer } from '../http/schemas.ts';

export interface TradingKeyApproval {
  url: string;
  network: 'testnet' | 'mainnet';
  /** Signs for the account itself: only it can let a trading key in. */
  masterSigner: TradingSigner;
  agentAddress: string;
  /** At most 16 characters; an approval under the same name ends the one before. */
  agentName: string;
  timeoutMs?: number;
}

/** Lets a trading key trade for the account of `masterSigner`. It can then trade, and never withdraw. */
export async function approveTradingKey(approval: TradingKeyApproval): Promise<Outcome<null>> {
  const timeoutMs = approval.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const client = createClient({
    url: approval.url,
    network: approval.network,
    exchangeTimeoutMs: timeoutMs,
    infoTimeoutMs: timeoutMs,
    weightPerMinute: VENUE_WEIGHT_PER_MINUTE,
  });
  const { agentAddress, agentName } = approval;
  const answered = await client.exchange({
    signer: approval.masterSigner,
    nonce: Date.now(),
    weight: 1,
    priority: 'read',
    schema: doneAnswer,
    send: (config) => approveAgent(config, { agentAddress, agentName }),
  });
  client.close();
  return answered.kind === 'confirmed' ? { kind: 'confirmed', value: null } : answered;
}
