import type { DecimalString } from '#domain/money.ts';
import { approveTradingKey } from '#venues/hyperliquid/provisioning.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';

/** Makes wallets with play money. */
export interface WalletProvisioner {
  /**
   * Makes a wallet, funds it and lets the trading key trade for it. The wallet's own key is never stored: all
   * that can be done with the wallet afterwards is to trade. Throws {@link WalletProvisioningError}.
   */
  provision(input: { tradingKeyAddress: string; usdc: DecimalString }): Promise<{ walletAddress: string }>;
}

/** The sandbox would not fund or approve. */
export class WalletProvisioningError extends Error {
  override name = 'WalletProvisioningError';
  readonly code = 'wallet_not_provisioned';
}

export interface SandboxProvisionerOptions {
  /** Base address of the sandbox. */
  url: string;
  network: 'testnet' | 'mainnet';
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Shown beside the key at the venue; 16 characters at most. */
const KEY_NAME = 'signalman';

/** Wallets of the Hyperliquid sandbox. */
export function createSandboxProvisioner(options: SandboxProvisionerOptions): WalletProvisioner {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    async provision({ tradingKeyAddress, usdc }) {
      const wallet = createTradingSigner(createTradingKey().privateKey);
      await fund(options.url, wallet.address, usdc, timeoutMs);
      const approved = await approveTradingKey({
        url: options.url,
        network: options.network,
        masterSigner: wallet,
        agentAddress: tradingKeyAddress,
        agentName: KEY_NAME,
        timeoutMs,
      });
      if (approved.kind === 'confirmed') return { walletAddress: wallet.address };
      throw new WalletProvisioningError(`the sandbox did not approve the trading key: ${approved.text}`);
    },
  };
}

async function fund(url: string, address: string, usdc: DecimalString, timeoutMs: number): Promise<void> {
  try {
    const response = await fetch(new URL('/control', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'fund', address, usdc }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return;
    throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WalletProvisioningError(`the sandbox did not fund the wallet: ${why}`, { cause });
  }
}

/** The real venue's hosts; whatever else is configured in their place is a stand-in with play money. */
const REAL_HOST = /(^|\.)hyperliquid(-testnet)?\.xyz$/i;

/** Whether the address is a sandbox, where wallets can be made. */
export const isSandboxUrl = (url: string): boolean => !REAL_HOST.test(new URL(url).hostname);
