import { getBytes, type HDNodeWallet } from 'ethers';
import type { Page } from 'playwright-core';

/** Arbitrum. */
const CHAIN_ID = 42_161;
export const WALLET_NAME = 'Test wallet';

/** Puts a wallet into a page that announces itself (EIP-6963) and signs what it is asked to with a key of the test. */
export async function announceWallet(page: Page, owner: HDNodeWallet): Promise<void> {
  await page.exposeFunction('askTestWallet', (method: string, params: unknown[]) =>
    answer(owner, method, params),
  );
  await page.addInitScript(`{
    const provider = { request: ({ method, params }) => window.askTestWallet(method, params ?? []) };
    const info = { uuid: 'e5a1', name: '${WALLET_NAME}', rdns: 'org.example.wallet', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>' };
    const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
    addEventListener('eip6963:requestProvider', announce);
    announce();
  }`);
}

interface TypedData {
  domain: Record<string, unknown>;
  types: Record<string, { name: string; type: string }[]>;
  message: Record<string, unknown>;
}

async function answer(owner: HDNodeWallet, method: string, params: unknown[]): Promise<unknown> {
  switch (method) {
    case 'eth_requestAccounts':
      return [owner.address];
    case 'eth_chainId':
      return `0x${CHAIN_ID.toString(16)}`;
    case 'personal_sign':
      return owner.signMessage(getBytes(String(params[0])));
    case 'eth_signTypedData_v4': {
      const { domain, types, message }: TypedData = JSON.parse(String(params[1]));
      const { EIP712Domain: _domain, ...own } = types;
      return owner.signTypedData(domain, own, message);
    }
    default:
      throw new Error(`the wallet of the test knows no ${method}`);
  }
}
