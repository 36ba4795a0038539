import { expect, test } from 'vitest';
import { connect, readAnnouncement, signText, type Wallet, type WalletProvider } from './wallets.ts';

const INFO = { uuid: 'a1', name: 'Test', rdns: 'org.example.test', icon: 'data:image/png;base64,AA==' };
const silent: WalletProvider = { request: async () => null };

const walletOf = (provider: WalletProvider): Wallet => ({ ...INFO, provider });

test('an announcement is read, and a picture from elsewhere is left out', () => {
  expect(readAnnouncement({ info: INFO, provider: silent })).toEqual({ ...INFO, provider: silent });
  const foreign = { info: { ...INFO, icon: 'https://example.org/a.png' }, provider: silent };
  expect(readAnnouncement(foreign)?.icon).toBeNull();
});

test.each([
  [null],
  [{}],
  [{ info: INFO }],
  [{ info: { name: 'x' }, provider: silent }],
  [{ info: INFO, provider: {} }],
])('no wallet is made of %j', (detail) => {
  expect(readAnnouncement(detail)).toBeNull();
});

test('the text is signed as the bytes of its UTF-8', async () => {
  const asked: unknown[] = [];
  const provider: WalletProvider = {
    async request({ method, params }) {
      asked.push([method, params]);
      return '0xsigned';
    },
  };
  expect(await signText(walletOf(provider), '0xabc', 'é')).toBe('0xsigned');
  expect(asked).toEqual([['personal_sign', ['0xc3a9', '0xabc']]]);
});

test('a refusal in the wallet is told as one', async () => {
  const provider: WalletProvider = {
    request: () => Promise.reject(Object.assign(new Error('no'), { code: 4001 })),
  };
  await expect(connect(walletOf(provider))).rejects.toThrow('You refused it in the wallet.');
});
