import { z } from 'zod';
import { epochMs, id, venueName } from './common.ts';

const amountText = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be an amount, such as "1000" or "0.01"')
  .meta({ examples: ['1000'] });
const chainId = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ description: 'EIP-155 id of the chain that the wallet is on', examples: [42161] });

/** What a wallet that owns the funds still has to do. */
export const approvalStepsInput = z.strictObject({
  venue: venueName
    .optional()
    .meta({ description: 'only there; each venue with a key that waits unless given' }),
  chainId: chainId.default(421_614),
  allowanceUsdc: amountText
    .default('1000')
    .meta({ description: 'at Ostium: how much USDC trades may take in all' }),
  gasEth: amountText.default('0.01').meta({ description: 'at Ostium: ETH that the key is to have for gas' }),
});

const typedData = z.object({
  domain: z.object({
    name: z.string(),
    version: z.string(),
    chainId: z.int(),
    verifyingContract: z.string(),
  }),
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.string(),
  message: z.record(z.string(), z.union([z.string(), z.number()])),
});

const step = {
  venue: venueName,
  purpose: z.string().meta({ description: 'in a sentence, for the person who signs' }),
  chainId,
};

export const approvalSteps = z
  .object({
    deploymentId: id,
    walletAddress: z.string(),
    steps: z.array(
      z.discriminatedUnion('kind', [
        z.object({
          ...step,
          kind: z.literal('typed_data').meta({ description: 'to be signed with eth_signTypedData_v4' }),
          nonce: z.int().meta({ description: 'to be given back with the signature' }),
          typedData,
          expiresAt: epochMs.meta({ description: 'a signature is taken until then' }),
        }),
        z.object({
          ...step,
          kind: z.literal('transaction').meta({ description: 'to be sent with eth_sendTransaction' }),
          to: z.string(),
          data: z.string(),
          valueWei: z.string().meta({ description: 'as 0x hex' }),
        }),
      ]),
    ),
  })
  .meta({ id: 'ApprovalSteps' });
export type ApprovalSteps = z.output<typeof approvalSteps>;

/** The wallet's signature of a step of kind `typed_data`. */
export const approvalSignatureInput = z.strictObject({
  venue: venueName,
  chainId,
  nonce: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  signature: z.string().regex(/^0x[0-9a-fA-F]{130}$/, 'must be 0x and 130 hex digits'),
});
