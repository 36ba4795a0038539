import type { DecimalString } from '#domain/money.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import type { OstiumOptions } from '#venues/ostium/index.ts';
import type { VenueName } from '#domain/ids.ts';
import type { TradingSigner } from '#venues/venue.ts';

/** Makes wallets with play money. */
export interface WalletProvisioner {
  /** Venues at which wallets can be made. */
  readonly venues: readonly VenueName[];
  /**
   * Makes a wallet, funds it at each venue and lets that venue's trading key trade for it. The wallet's own key is
   * never stored: all that can be done with the wallet afterwards is to trade. Throws
   * {@link WalletProvisioningError}.
   */
  provision(input: {
    tradingKeys: ReadonlyMap<VenueName, string>;
    usdc: DecimalString;
  }): Promise<{ walletAddress: string }>;
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
  /** Where Ostium's sandbox is, and takes its control commands. */
  ostium?: OstiumOptions & { controlUrl?: string };
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Shown beside the key at the venue; 16 characters at most. */
const KEY_NAME = 'signalman';

/** Enough for thousands of transactions. */
const GAS_ETH = '10';
const ALLOWANCE_USDC = '1000000000';

/** Wallets of the sandboxes: Hyperliquid's, and Ostium's where there is one. */
export function createSandboxProvisioner(options: SandboxProvisionerOptions): WalletProvisioner {
  const venues: VenueName[] =
    options.ostium?.controlUrl === undefined ? ['hyperliquid'] : ['hyperliquid', 'ostium'];
  const prepare: Record<VenueName, typeof prepareHyperliquid> = {
    hyperliquid: prepareHyperliquid,
    ostium: prepareOstium,
  };
  return {
    venues,
    async provision({ tradingKeys, usdc }) {
      const wallet = createTradingSigner(createTradingKey().privateKey);
      const asked = venues.flatMap((venue) => {
        const key = tradingKeys.get(venue);
        return key === undefined ? [] : [prepare[venue](options, wallet, key, usdc)];
      });
      await Promise.all(asked);
      return { walletAddress: wallet.address };
    },
  };
}

async function prepareHyperliquid(
  { url, network, timeoutMs = DEFAULT_TIMEOUT_MS }: SandboxProvisionerOptions,
  wallet: TradingSigner,
  tradingKey: string,
  usdc: DecimalString,
): Promise<void> {
  await control(new URL('/control', url), { type: 'fund', address: wallet.address, usdc }, timeoutMs);
  const approved = await approveTradingKey({
    url,
    network,
    masterSigner: wallet,
    agentAddress: tradingKey,
    agentName: KEY_NAME,
    timeoutMs,
  });
  if (approved.kind !== 'confirmed') throw notApproved(approved.text);
}

async function prepareOstium(
  { ostium, timeoutMs = DEFAULT_TIMEOUT_MS }: SandboxProvisionerOptions,
  wallet: TradingSigner,
  tradingKey: string,
  usdc: DecimalString,
): Promise<void> {
  if (ostium?.controlUrl === undefined) return;
  const fund = (address: string, dollars: DecimalString): Promise<void> =>
    control(
      new URL(ostium.controlUrl ?? ''),
      { type: 'fund', address, usdc: dollars, eth: GAS_ETH },
      timeoutMs,
    );
  await fund(wallet.address, usdc);
  await fund(tradingKey, '0');
  const approved = await approveDelegate(ostium, {
    owner: wallet,
    delegate: tradingKey,
    allowanceUsdc: ALLOWANCE_USDC,
  });
  if (approved.kind !== 'confirmed') throw notApproved(approved.text);
}

const notApproved = (why: string): WalletProvisioningError =>
  new WalletProvisioningError(`the sandbox did not approve the trading key: ${why}`);

async function control(url: URL, command: object, timeoutMs: number): Promise<void> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return;
    throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WalletProvisioningError(`the sandbox did not fund the wallet: ${why}`, { cause });
  }
}

/** Hosts of the real venue; any other host is a sandbox with play money. */
const REAL_HOST = /(^|\.)hyperliquid(-testnet)?\.xyz$/i;

/** Returns whether the address is a sandbox's, where wallets can be made. */
export const isSandboxUrl = (url: string): boolean => !REAL_HOST.test(new URL(url).hostname);
