import { parseEther, toQuantity } from 'ethers';
import { z } from 'zod';
import type { ApprovalClient, ApprovalStep, WantedApproval } from '../../approval.ts';
import { TRADING, USDC } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { toChain } from '../chain/scales.ts';
import type { OstiumOptions } from '../chain/options.ts';
import { returnGas } from './return-gas.ts';

/** Has wallets let trading keys in by transactions that they send themselves. */
export const createApprovalClient = (
  chain: Chain,
  options: Pick<OstiumOptions, 'network' | 'rpcUrls'>,
): ApprovalClient => ({
  reclaim: ({ accountId, signer }) => returnGas(options, { key: signer, to: accountId }),
  async steps(wanted) {
    const { accountId, keyAddress, allowanceUsdc, gasEth } = wanted;
    const { usdc, trading, tradingStorage } = chain.contracts;
    const [[allowed], [delegate], balance] = await Promise.all([
      chain.read(USDC, usdc, 'allowance', [accountId, tradingStorage]),
      chain.read(TRADING, trading, 'delegations', [accountId]),
      chain.rpc.call(z.string(), 'eth_getBalance', [keyAddress, 'latest']),
    ]);
    const isAllowed = BigInt(allowed) >= toChain(allowanceUsdc, 'usdc');
    const isDelegate = String(delegate).toLowerCase() === keyAddress.toLowerCase();
    const missingWei = parseEther(gasEth) - BigInt(balance);
    return [
      ...(isAllowed ? [] : [allowanceStep(chain, wanted)]),
      ...(isDelegate ? [] : [delegateStep(chain, wanted)]),
      ...(missingWei <= 0n ? [] : [gasStep(chain, wanted, missingWei)]),
    ];
  },
  submit: () =>
    Promise.resolve({
      kind: 'denied',
      code: 'not_signed_here',
      text: 'At Ostium the wallet sends the transactions itself; ask for the approval once they are mined.',
    }),
});

type TransactionStep = Extract<ApprovalStep, { kind: 'transaction' }>;

const stepOf = (
  { chainId }: Chain,
  {
    purpose,
    to,
    data = '0x',
    valueWei = 0n,
  }: Pick<TransactionStep, 'purpose' | 'to'> & {
    data?: string;
    valueWei?: bigint;
  },
): TransactionStep => ({ kind: 'transaction', purpose, chainId, to, data, valueWei: toQuantity(valueWei) });

const allowanceStep = (chain: Chain, { allowanceUsdc }: WantedApproval): TransactionStep =>
  stepOf(chain, {
    purpose: `let trades at Ostium take up to ${allowanceUsdc} USDC in all`,
    to: chain.contracts.usdc,
    data: USDC.encodeFunctionData('approve', [
      chain.contracts.tradingStorage,
      toChain(allowanceUsdc, 'usdc'),
    ]),
  });

const delegateStep = (chain: Chain, { keyAddress }: WantedApproval): TransactionStep =>
  stepOf(chain, {
    purpose: `let the key ${keyAddress} trade at Ostium; it cannot withdraw`,
    to: chain.contracts.trading,
    data: TRADING.encodeFunctionData('setDelegate', [keyAddress]),
  });

const gasStep = (chain: Chain, { keyAddress, gasEth }: WantedApproval, valueWei: bigint): TransactionStep =>
  stepOf(chain, { purpose: `give the key ${gasEth} ETH for gas`, to: keyAddress, valueWei });
