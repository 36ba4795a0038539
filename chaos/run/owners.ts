import type { WalletProvisioner } from '#api/wallet-provisioner.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import { ostiumOptions } from '#tests/support/ostium.ts';

const GAS_ETH = '100';
const ALLOWANCE_USDC = '1000000000';

/** Somebody with a wallet, who trades there by hand besides letting us trade. */
export interface Owner {
  /** Lower-case. */
  readonly address: string;
  readonly privateKey: string;
  /** Lower-case address of the trading key at Ostium. */
  readonly ostiumKey: string;
}

/** Makes wallets as the sandboxes' own provisioner does, and keeps the keys of their owners. */
export class Owners implements WalletProvisioner {
  readonly venues = ['hyperliquid', 'ostium'] as const;
  readonly #byAddress = new Map<string, Owner>();
  readonly #hyperliquidUrl: string;
  readonly #ostium: OstiumSandbox;

  constructor(hyperliquidUrl: string, ostium: OstiumSandbox) {
    this.#hyperliquidUrl = hyperliquidUrl;
    this.#ostium = ostium;
  }

  /** Returns the owner of a wallet that was made here. Throws for another. */
  of(address: string): Owner {
    const owner = this.#byAddress.get(address.toLowerCase());
    if (!owner) throw new Error(`nobody here owns ${address}`);
    return owner;
  }

  all(): readonly Owner[] {
    return [...this.#byAddress.values()];
  }

  async provision({ tradingKeys, usdc }: Parameters<WalletProvisioner['provision']>[0]): Promise<{
    walletAddress: string;
  }> {
    const { privateKey } = createTradingKey();
    const signer = createTradingSigner(privateKey);
    const { address } = signer;
    const [agent = '', delegate = ''] = this.venues.map((venue) => tradingKeys.get(venue));
    await this.#fund(address, usdc);
    const approved = [
      await approveTradingKey({
        url: this.#hyperliquidUrl,
        network: 'testnet',
        masterSigner: signer,
        agentAddress: agent,
        agentName: 'signalman',
        timeoutMs: 10_000,
      }),
      await this.#approveDelegate(signer, delegate),
    ];
    for (const outcome of approved) if (outcome.kind !== 'confirmed') throw new Error(outcome.text);
    this.#byAddress.set(address.toLowerCase(), {
      address: address.toLowerCase(),
      privateKey,
      ostiumKey: delegate.toLowerCase(),
    });
    return { walletAddress: address };
  }

  async #fund(address: string, usdc: string): Promise<void> {
    const command = { type: 'fund', address, usdc };
    await fetch(new URL('/control', this.#hyperliquidUrl), { method: 'POST', body: JSON.stringify(command) });
    await this.#ostium.control.fund(address, usdc, GAS_ETH);
  }

  async #approveDelegate(owner: ReturnType<typeof createTradingSigner>, delegate: string) {
    await this.#ostium.control.fund(delegate, '0', GAS_ETH);
    return approveDelegate(ostiumOptions(this.#ostium), { owner, delegate, allowanceUsdc: ALLOWANCE_USDC });
  }
}
