import { encodeBytes32String, getAddress, id, Interface } from 'ethers';
import type { InterfaceAbi } from 'ethers';

/** Chain id of Arbitrum Sepolia, the only test network that Ostium's own client accepts. */
export const CHAIN_ID = 421_614;

/**
 * Addresses of the contracts. Contracts that clients know by address have the addresses of the deployed test network
 * (source: ostium-python-sdk 3.3.1, config.py and faucet.py). The others are found through the registry.
 */
export const ADDRESSES = {
  usdc: '0xe73B11Fb1e3eeEe8AF2a23079A4410Fe1B370548',
  trading: '0x2A9B9c988393f46a2537B0ff11E98c2C15a95afe',
  tradingStorage: '0x0b9F5243B29938668c9Cfbd7557A389EC7Ef88b8',
  faucet: '0x6830C550814105d8B27bDAEC0DB391cAa7B967c8',
  registry: ownAddress('registry'),
  callbacks: ownAddress('callbacks'),
  pairsStorage: ownAddress('pairsStorage'),
  pairInfos: ownAddress('pairInfos'),
  priceUpkeep: ownAddress('priceUpkeep'),
  vault: ownAddress('vault'),
} as const;

export type ContractName = keyof typeof ADDRESSES;

/** Name of the Solidity contract behind each address. */
export const SOURCE_OF: Record<ContractName, string> = {
  usdc: 'Usdc',
  trading: 'Trading',
  tradingStorage: 'TradingStorage',
  faucet: 'Faucet',
  registry: 'Registry',
  callbacks: 'Callbacks',
  pairsStorage: 'PairsStorage',
  pairInfos: 'PairInfos',
  priceUpkeep: 'PriceUpKeep',
  vault: 'Vault',
};

export type Interfaces = Readonly<Record<ContractName, Interface>>;

/** Returns the interface of each contract. */
export function interfacesOf(compiled: Readonly<Record<string, { readonly abi: InterfaceAbi }>>): Interfaces {
  const one = (name: ContractName): Interface => new Interface(compiled[SOURCE_OF[name]]!.abi);
  return {
    usdc: one('usdc'),
    trading: one('trading'),
    tradingStorage: one('tradingStorage'),
    faucet: one('faucet'),
    registry: one('registry'),
    callbacks: one('callbacks'),
    pairsStorage: one('pairsStorage'),
    pairInfos: one('pairInfos'),
    priceUpkeep: one('priceUpkeep'),
    vault: one('vault'),
  };
}

/** Returns the names and addresses that the registry holds. The keeper is an account here, not a contract. */
export function registryEntries(keeper: string): [name: string, address: string][] {
  return [
    ...Object.entries(ADDRESSES).map(([name, address]): [string, string] => [
      encodeBytes32String(name),
      address,
    ]),
    [encodeBytes32String('priceRouter'), ADDRESSES.priceUpkeep],
    [encodeBytes32String('tradesUpKeep'), keeper],
  ];
}

function ownAddress(name: string): string {
  return getAddress(`0x${id(`ostium sandbox ${name}`).slice(-40)}`);
}
