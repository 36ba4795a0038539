import type { VenueName } from '#domain/ids.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import { approveDelegate, sendGas } from '#venues/ostium/accounts/provisioning.ts';
import type { Outcome, TradingSigner } from '#venues/venue.ts';
import { CliError } from '../cli-error.ts';
import { findOstium } from '../doctor/services.ts';
import type { LocalSystem } from '../find-api.ts';

/** A trading key that a wallet is to let in. */
export interface KeyApproval {
  wallet: TradingSigner;
  keyAddress: string;
  /** Under which the venue shows the key. */
  keyName: string;
  /** How much USDC trades at Ostium may take in all, and how much ETH the key is to have there. */
  allowanceUsdc: string;
  gasEth: string;
}

/** A venue as the environment or the run has it. */
export interface ApprovingVenue {
  network: 'testnet' | 'mainnet';
  /** Lets the key in, by as many signatures as the venue needs. */
  approve(approval: KeyApproval): Promise<Outcome<null>>;
}

/** Finds where the keys of a venue are approved. @throws {CliError} where it is not configured. */
export const findApprovingVenue = (venue: VenueName, system: LocalSystem): ApprovingVenue =>
  ({ hyperliquid: findHyperliquid, ostium: findOstiumVenue })[venue](system);

function findHyperliquid({ environment, run }: LocalSystem): ApprovingVenue {
  const url = environment.HYPERLIQUID_URL ?? run?.sandboxUrl;
  if (url === undefined)
    throw new CliError('HYPERLIQUID_URL is not set: the venue of the key is not known here');
  const network = environment.HYPERLIQUID_NETWORK ?? 'testnet';
  return {
    network,
    approve: ({ wallet, keyAddress, keyName }) =>
      approveTradingKey({ url, network, masterSigner: wallet, agentAddress: keyAddress, agentName: keyName }),
  };
}

function findOstiumVenue(system: LocalSystem): ApprovingVenue {
  const found = findOstium(system);
  if (!found) throw new CliError('OSTIUM_RPC_URLS is not set: the venue of the key is not known here');
  const { ostium } = found;
  return {
    network: ostium.network,
    async approve({ wallet, keyAddress, allowanceUsdc, gasEth }) {
      const approved = await approveDelegate(ostium, { owner: wallet, delegate: keyAddress, allowanceUsdc });
      if (approved.kind !== 'confirmed') return approved;
      return sendGas(ostium, { owner: wallet, to: keyAddress, atLeastEth: gasEth });
    },
  };
}
