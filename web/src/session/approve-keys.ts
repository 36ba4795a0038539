import type { Deployment } from '#api/schemas/deployment.ts';
import type { ApprovalSteps } from '#api/schemas/onboarding.ts';
import { post } from '../api/client.ts';
import { connect, sendTransaction, signTypedData, WalletError, type Wallet } from './wallets.ts';

type Step = ApprovalSteps['steps'][number];

/**
 * Has the wallet approve the trading keys of a deployment, step by step. Tells the purpose of each step before the wallet
 * asks. Returns the deployment after the last step. @throws {WalletError} where the wallet is another one, or refuses.
 */
export async function approveKeys(
  wallet: Wallet,
  { id, walletAddress }: Deployment,
  onStep: (purpose: string) => void,
): Promise<Deployment> {
  const { address, chainId } = await connect(wallet);
  if (address.toLowerCase() !== walletAddress.toLowerCase())
    throw new WalletError(
      `The wallet has the account ${address}, and the deployment trades for ${walletAddress}.`,
    );
  const { steps } = await post<ApprovalSteps>(`/deployments/${id}/approval/steps`, { body: { chainId } });
  for (const step of steps) {
    onStep(step.purpose);
    await take(wallet, { id, address }, step);
  }
  onStep('Asking the venue');
  return post(`/deployments/${id}/approval`);
}

async function take(
  wallet: Wallet,
  { id, address }: { id: string; address: string },
  step: Step,
): Promise<void> {
  if (step.kind === 'transaction') {
    const { to, data, valueWei: value, chainId } = step;
    await sendTransaction(wallet, chainId, { from: address, to, data, value });
    return;
  }
  const { venue, chainId, nonce, typedData } = step;
  const signature = await signTypedData(wallet, address, typedData);
  await post(`/deployments/${id}/approval/signature`, { body: { venue, chainId, nonce, signature } });
}
