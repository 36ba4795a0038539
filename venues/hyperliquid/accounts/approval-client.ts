import { approveAgent, ApproveAgentTypes } from '@nktkas/hyperliquid/api/exchange';
import { Signature, verifyTypedData } from 'ethers';
import type { ApprovalClient, TypedData, WantedApproval } from '../../approval.ts';
import type { Outcome, TradingSigner } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import type { HyperliquidOptions } from '../http/options.ts';
import { doneAnswer } from '../http/schemas.ts';
import { readKeyState } from './key-state.ts';

const PRIMARY_TYPE = 'HyperliquidTransaction:ApproveAgent';
/** Source: EIP-712; wallets want the fields of the domain among the types. */
const DOMAIN_FIELDS = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
];
const FIELDS = ApproveAgentTypes[PRIMARY_TYPE].map(({ name, type }) => ({ name, type }));

/**
 * Has wallets let trading keys in by a signature of `approveAgent`, which a wallet makes on whatever chain it is on.
 * Source: official documentation, "approve an API wallet".
 */
export function createApprovalClient(
  client: HyperliquidClient,
  network: HyperliquidOptions['network'],
): ApprovalClient {
  return {
    async steps(wanted) {
      const { state } = await readKeyState(client, wanted.accountId, wanted.keyAddress.toLowerCase());
      if (state === 'approved') return [];
      const { chainId, nonce, keyAddress } = wanted;
      const purpose = `let the key ${keyAddress} trade at Hyperliquid; it cannot withdraw`;
      return [{ kind: 'typed_data', purpose, chainId, nonce, typedData: typedDataOf(wanted, network) }];
    },

    async submit(wanted, signature) {
      const signed = readSignature(signature);
      if (signed === null || !isOfWallet(wanted, signed, network)) return NOT_OF_WALLET;
      const answered = await client.exchange({
        signer: presigned(wanted, signed),
        nonce: wanted.nonce,
        weight: 1,
        priority: 'read',
        signatureChainId: `0x${wanted.chainId.toString(16)}`,
        schema: doneAnswer,
        send: (config) =>
          approveAgent(config, { agentAddress: wanted.keyAddress, agentName: wanted.keyName }),
      });
      return answered.kind === 'confirmed' ? { kind: 'confirmed', value: null } : answered;
    },
  };
}

const NOT_OF_WALLET: Outcome<never> = {
  kind: 'denied',
  code: 'signature_not_of_wallet',
  text: 'The wallet of the deployment has not signed this: sign the typed data as it was given, with that wallet.',
};

function typedDataOf(
  { chainId, keyAddress, keyName, nonce }: WantedApproval,
  network: HyperliquidOptions['network'],
): TypedData {
  return {
    domain: {
      name: 'HyperliquidSignTransaction',
      version: '1',
      chainId,
      verifyingContract: `0x${'0'.repeat(40)}`,
    },
    types: { EIP712Domain: DOMAIN_FIELDS, [PRIMARY_TYPE]: FIELDS },
    primaryType: PRIMARY_TYPE,
    message: {
      hyperliquidChain: network === 'mainnet' ? 'Mainnet' : 'Testnet',
      agentAddress: keyAddress,
      agentName: keyName,
      nonce,
    },
  };
}

/** Returns the signature with its last byte as 27 or 28; null for what is none. */
function readSignature(text: string): string | null {
  try {
    return Signature.from(text).serialized;
  } catch {
    return null;
  }
}

function isOfWallet(
  wanted: WantedApproval,
  signature: string,
  network: HyperliquidOptions['network'],
): boolean {
  const { domain, message } = typedDataOf(wanted, network);
  try {
    const address = verifyTypedData(domain, { [PRIMARY_TYPE]: FIELDS }, message, signature);
    return address.toLowerCase() === wanted.accountId.toLowerCase();
  } catch {
    return false;
  }
}

/** A signer that has signed already, and signs nothing else. */
const presigned = ({ accountId }: WantedApproval, signature: string): TradingSigner => ({
  address: accountId,
  signTypedData: () => Promise.resolve(signature),
  signTransaction: () => Promise.reject(new Error('a wallet signs its own transactions')),
});
