import type { AccountId } from '#domain/ids.ts';
import type { Outcome, TradingAccount } from './venue.ts';

/** A trading key that a wallet is to let in at a venue. */
export interface WantedApproval {
  /** The wallet that owns the funds. */
  accountId: AccountId;
  /** Address of the trading key. */
  keyAddress: string;
  /** Under which a venue that names keys shows it. */
  keyName: string;
  /** The chain that the wallet is on, by its EIP-155 id; for venues that take signatures of any chain. */
  chainId: number;
  /** Epoch ms: makes the signature the only one of its kind. */
  nonce: number;
  /** How much USDC trades may take in all, at venues where trades take it from the wallet. */
  allowanceUsdc: string;
  /** How much ETH the key is to have for gas, at venues on a chain. */
  gasEth: string;
}

/** Typed data of EIP-712, in the form that `eth_signTypedData_v4` takes. */
export interface TypedData {
  domain: { name: string; version: string; chainId: number; verifyingContract: string };
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, string | number>;
}

/** One thing that the wallet still has to do, in the order of the list. It moves no funds but the gas of the key. */
export type ApprovalStep =
  /** Signed by the wallet and handed to the venue by us. */
  | { kind: 'typed_data'; purpose: string; chainId: number; nonce: number; typedData: TypedData }
  /** Sent by the wallet itself on the chain. */
  | { kind: 'transaction'; purpose: string; chainId: number; to: string; data: string; valueWei: string };

/** Lets trading keys in at a venue without holding the key of a wallet. */
export interface ApprovalClient {
  /** Returns what the wallet still has to do; nothing when the venue accepts the key. Throws `VenueError`. */
  steps(wanted: WantedApproval): Promise<ApprovalStep[]>;
  /**
   * Hands the wallet's signature of a `typed_data` step to the venue. Denied as `signature_not_of_wallet` where another
   * key, or another text, was signed; as `not_signed_here` at a venue that takes transactions only.
   */
  submit(wanted: WantedApproval, signature: string): Promise<Outcome<null>>;
  /** Sends what a trading key holds for gas back to the wallet; only at venues where keys pay for gas. */
  reclaim?: (account: TradingAccount) => Promise<Outcome<null>>;
}
