import { Wallet } from 'ethers';
import type { TradingSigner } from '../venue.ts';
import { hashTypedData } from './typed-data.ts';

const EIP_1559 = 2;

/** Wraps a private key so that it can sign and cannot be read, printed or serialised. */
export function createTradingSigner(privateKey: string): TradingSigner {
  const wallet = new Wallet(privateKey);
  const address = wallet.address.toLowerCase();
  return {
    address,
    async signTypedData(domain, types, message) {
      return wallet.signingKey.sign(hashTypedData(domain, types, message)).serialized;
    },
    signTransaction: (transaction) => wallet.signTransaction({ type: EIP_1559, ...transaction }),
  };
}

/** A fresh trading key: its address and the private key to seal at once. */
export function createTradingKey(): { address: string; privateKey: string } {
  const { address, privateKey } = Wallet.createRandom();
  return { address: address.toLowerCase(), privateKey };
}
