import { encodeBytes32String, parseUnits, toQuantity } from 'ethers';
import type { CompiledContracts } from './compile.ts';
import { ADDRESSES, registryEntries, SOURCE_OF } from './contracts.ts';
import type { ContractName, Interfaces } from './contracts.ts';
import {
  feedOf,
  GROUPS,
  groupOf,
  LIQUIDATION_MARGIN_P,
  MAX_OPEN_INTEREST_USD,
  MIN_NOTIONAL_USD,
  ORACLE_FEE_USD,
  PAIRS,
} from '../market/pairs.ts';
import type { PairSpec } from '../market/pairs.ts';
import type { Rpc, RpcCall } from './rpc.ts';
import { ChainError } from './chain-error.ts';

export interface Staff {
  /** Administers the contracts. */
  readonly gov: string;
  /** Sends the oracle's prices and executes triggers. */
  readonly keeper: string;
}

/** Blocks after which a trader may take back a market order that got no price. */
export const MARKET_ORDERS_TIMEOUT = 30;
const TRIGGER_TIMEOUT = 30;
const MAX_TRADES_PER_PAIR = 20;
const MAX_PENDING_MARKET_ORDERS = 20;
const MAX_COLLATERAL_USD = 100_000;
const GROUP_MAX_COLLATERAL_USD = 50_000_000;
const VAULT_USD = 1_000_000_000;
const TRADER_USD = 100_000;
const FAUCET_USD = 10_000;
const FAUCET_WAIT_S = 86_400;
const MAX_NEGATIVE_PNL_ON_OPEN_P = 40;
const LEVERAGE_SCALE = 100;
const CALL_GAS = 10_000_000;
const MAX_FEE_WEI = 1_000_000_000;

const usd = (amount: number | string): bigint => parseUnits(String(amount), 6);

/**
 * Puts the code of each contract at its address, initialises the contracts and mints 100,000 USDC to each trader. Throws
 * ChainError if a step fails.
 */
export async function deployContracts(
  rpc: Rpc,
  compiled: CompiledContracts,
  interfaces: Interfaces,
  staff: Staff,
  traders: readonly string[],
): Promise<void> {
  const names = Object.keys(ADDRESSES) as ContractName[]; // oxlint-disable-line typescript/no-unsafe-type-assertion
  const code = names.map((name) => ({
    method: 'anvil_setCode',
    params: [ADDRESSES[name], compiled[SOURCE_OF[name]]!.runtimeCode],
  }));
  const send = (name: ContractName, method: string, ...args: unknown[]): RpcCall => ({
    method: 'eth_sendTransaction',
    params: [
      {
        from: staff.gov,
        to: ADDRESSES[name],
        data: interfaces[name].encodeFunctionData(method, args),
        gas: toQuantity(CALL_GAS),
        maxFeePerGas: toQuantity(MAX_FEE_WEI),
        maxPriorityFeePerGas: '0x0',
      },
    ],
  });
  await rpc.batch([...code, { method: 'evm_setAutomine', params: [false] }]);
  // The node runs the calls of a batch in parallel, so nonces must order them.
  const calls = [
    ...setUpVenue(send, staff),
    ...PAIRS.flatMap((pair) => setUpPair(send, pair)),
    ...traders.map((trader) => send('usdc', 'mint', trader, usd(TRADER_USD))),
  ];
  const hashes = await rpc.batch(calls.map((call, nonce) => withNonce(call, nonce)));
  await rpc.call('evm_mine');
  await rpc.call('evm_setAutomine', true);
  await expectSuccess(rpc, hashes);
}

type Send = (name: ContractName, method: string, ...args: unknown[]) => RpcCall;

function setUpVenue(send: Send, { gov, keeper }: Staff): RpcCall[] {
  const entries = registryEntries(keeper);
  const { registry } = ADDRESSES;
  return [
    send(
      'registry',
      'initialize',
      gov,
      entries.map(([name]) => name),
      entries.map(([, address]) => address),
    ),
    send('usdc', 'initialize', registry),
    send('faucet', 'initialize', registry, usd(FAUCET_USD), FAUCET_WAIT_S),
    send('vault', 'initialize', registry),
    send('callbacks', 'initialize', registry),
    send('priceUpkeep', 'initialize', registry, keeper),
    send('pairInfos', 'initialize', registry, LIQUIDATION_MARGIN_P, MAX_NEGATIVE_PNL_ON_OPEN_P),
    send('pairsStorage', 'initialize', registry, usd(GROUP_MAX_COLLATERAL_USD)),
    send('tradingStorage', 'initialize', registry, MAX_TRADES_PER_PAIR, MAX_PENDING_MARKET_ORDERS),
    send('trading', 'initialize', registry, usd(MAX_COLLATERAL_USD), MARKET_ORDERS_TIMEOUT, TRIGGER_TIMEOUT),
    send('usdc', 'mint', ADDRESSES.vault, usd(VAULT_USD)),
    send('pairsStorage', 'setFee', 0, [
      encodeBytes32String('standard'),
      usd(MIN_NOTIONAL_USD),
      usd(ORACLE_FEE_USD),
      0,
    ]),
    ...GROUPS.map(({ id, name, minLeverage, maxLeverage }) =>
      send('pairsStorage', 'setGroup', id, [
        encodeBytes32String(name),
        maxLeverage * LEVERAGE_SCALE,
        minLeverage * LEVERAGE_SCALE,
        10_000,
      ]),
    ),
  ];
}

function setUpPair(send: Send, pair: PairSpec): RpcCall[] {
  const { index, from, to, feeBps, maxLeverage, overnightMaxLeverage, listed } = pair;
  const { id, rolloverPerBlock } = groupOf(pair);
  const names = [encodeBytes32String(from), encodeBytes32String(to), feedOf(pair)];
  const leverages = [overnightMaxLeverage * LEVERAGE_SCALE, maxLeverage * LEVERAGE_SCALE];
  return [
    send('pairsStorage', 'setPair', index, [...names, 0, ...leverages, id, 0, ''], listed),
    send('pairInfos', 'setPairOpeningFees', index, [feeBps * 10_000, feeBps * 10_000, 0, 0, 0, 50]),
    send('pairInfos', 'setRolloverPerBlock', index, rolloverPerBlock, rolloverPerBlock),
    send('tradingStorage', 'setMaxOpenInterest', index, usd(MAX_OPEN_INTEREST_USD)),
  ];
}

function withNonce({ method, params }: RpcCall, nonce: number): RpcCall {
  return { method, params: [Object.assign({}, params[0], { nonce: toQuantity(nonce) })] };
}

async function expectSuccess(rpc: Rpc, hashes: readonly unknown[]): Promise<void> {
  const receipts = await rpc.batch(
    hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  );
  const failed = receipts.findIndex(
    (receipt) =>
      !(typeof receipt === 'object' && receipt !== null && 'status' in receipt && receipt.status === '0x1'),
  );
  if (failed >= 0) throw new ChainError(`setting up the contracts failed at step ${failed}`);
}
