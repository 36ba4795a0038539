/** A wallet's provider (EIP-1193), as far as it is used here. */
export interface WalletProvider {
  request(asked: { method: string; params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): void;
  removeListener?(event: string, listener: (value: unknown) => void): void;
}

/** A wallet that announced itself (EIP-6963). */
export interface Wallet {
  uuid: string;
  name: string;
  /** Reverse domain name, such as `io.metamask`. */
  rdns: string;
  /** A picture in a data URL; null where it is none. */
  icon: string | null;
  provider: WalletProvider;
}

/** A wallet that did not do what was asked, in words for a person. */
export class WalletError extends Error {
  override readonly name = 'WalletError';
}

let found: readonly Wallet[] = [];
const listeners = new Set<() => void>();

/** Listens for wallets and asks them to announce themselves. Returns what ends it. */
export function listenForWallets(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('eip6963:announceProvider', onAnnounced);
  listeners.add(listener);
  dispatchEvent(new Event('eip6963:requestProvider'));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('eip6963:announceProvider', onAnnounced);
  };
}

/** The wallets that have announced themselves so far. */
export const knownWallets = (): readonly Wallet[] => found;

function onAnnounced(event: Event): void {
  const wallet = readAnnouncement(event instanceof CustomEvent ? event.detail : null);
  if (!wallet || found.some(({ uuid }) => uuid === wallet.uuid)) return;
  found = [...found, wallet];
  for (const listener of listeners) listener();
}

/** Returns the wallet that an announcement names; null for one that is not as the standard has it. */
export function readAnnouncement(detail: unknown): Wallet | null {
  if (!isRecord(detail) || !isRecord(detail['info']) || !isProvider(detail['provider'])) return null;
  const { uuid, name, rdns, icon } = detail['info'];
  if (typeof uuid !== 'string' || typeof name !== 'string' || typeof rdns !== 'string') return null;
  const isPicture = typeof icon === 'string' && /^data:image\/(png|svg\+xml|webp|jpeg)[;,]/.test(icon);
  return { uuid, name: name.slice(0, 60), rdns, icon: isPicture ? icon : null, provider: detail['provider'] };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isProvider = (value: unknown): value is WalletProvider =>
  isRecord(value) && typeof value['request'] === 'function';

/** Asks the person to connect an account. Returns its address and chain. @throws {WalletError} */
export async function connect({ provider }: Wallet): Promise<{ address: string; chainId: number }> {
  const accounts = await ask(provider, 'eth_requestAccounts');
  const address: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof address !== 'string') throw new WalletError('The wallet gave no account.');
  return { address, chainId: Number(await ask(provider, 'eth_chainId')) };
}

/** Asks the person to sign a text (EIP-191). Returns the signature. @throws {WalletError} */
export async function signText({ provider }: Wallet, address: string, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const hex = `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const signature = await ask(provider, 'personal_sign', [hex, address]);
  if (typeof signature !== 'string') throw new WalletError('The wallet gave no signature.');
  return signature;
}

/** Asks the person to sign typed data (EIP-712). Returns the signature. @throws {WalletError} */
export async function signTypedData({ provider }: Wallet, address: string, data: object): Promise<string> {
  const signature = await ask(provider, 'eth_signTypedData_v4', [address, JSON.stringify(data)]);
  if (typeof signature !== 'string') throw new WalletError('The wallet gave no signature.');
  return signature;
}

/** A transaction as a wallet sends it; the value is hex in wei. */
export interface WalletTransaction {
  from: string;
  to: string;
  data: string;
  value: string;
}

/** Has the wallet go to a chain and send a transaction there, and waits until it is in a block. @throws {WalletError} */
export async function sendTransaction(
  { provider }: Wallet,
  chainId: number,
  transaction: WalletTransaction,
): Promise<void> {
  await ask(provider, 'wallet_switchEthereumChain', [{ chainId: `0x${chainId.toString(16)}` }]);
  const hash = await ask(provider, 'eth_sendTransaction', [transaction]);
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const receipt = await ask(provider, 'eth_getTransactionReceipt', [hash]);
    if (isRecord(receipt) && receipt['status'] === '0x0') throw new WalletError('The transaction failed.');
    if (isRecord(receipt)) return;
    await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
  }
  throw new WalletError('The transaction is in no block yet: look at it in the wallet, then ask the venue.');
}

const LOOK_EVERY_MS = 1_500;
const MAX_LOOKS = 80;

const REFUSED = 4001;
const PENDING = -32_002;

async function ask(
  provider: WalletProvider,
  method: string,
  params: readonly unknown[] = [],
): Promise<unknown> {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    const code = isRecord(error) ? error['code'] : undefined;
    if (code === REFUSED) throw new WalletError('You refused it in the wallet.');
    if (code === PENDING) throw new WalletError('The wallet waits for you already: open it.');
    throw new WalletError(error instanceof Error ? error.message : 'The wallet does not answer.');
  }
}
