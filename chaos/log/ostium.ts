import type { LogDescription } from 'ethers';
import { amount, decimalString, type Amount } from '#domain/money.ts';
import { compileContracts } from '#sandbox/ostium/chain/compile.ts';
import { ADDRESSES, interfacesOf } from '#sandbox/ostium/chain/contracts.ts';
import type { VenueEvent } from '../judge/record.ts';
import { createChainReader, type ChainReader } from './chain-reader.ts';
import { apartLine } from './lines.ts';

const USDC = 1e6;
const PRICE = 1e18;
const WHOLE = 10_000;
/** Size of a stop that stands in the trade itself: it closes whatever is left of it. */
const WHOLE_TRADE = '1000000000000';

/** Who is behind an address at Ostium. */
export interface OstiumParties {
  /** The trade that a wallet's order in a pair is for, where its trading key signed it. */
  tradeOf(input: { signer: string; trader: string; pairIndex: number }): string | null;
  isTradingKey(address: string): boolean;
}

interface Held {
  readonly tradeId: string | null;
  readonly isLong: boolean;
  readonly openPrice: Amount;
  collateral: Amount;
  size: Amount;
}

/** An event of the contracts with who signed its transaction, and when its block was made. */
interface Signed {
  readonly event: LogDescription;
  readonly at: number;
  readonly signer: string;
}

/** Returns what the contracts' events tell of all trades, and which trade at the venue is which of ours. */
export async function ostiumEvents(
  rpcUrl: string,
  parties: OstiumParties,
): Promise<{ events: VenueEvent[]; lines: ReadonlyMap<string, string> }> {
  const reader = createChainReader(rpcUrl);
  const reading = new OstiumReading(parties);
  try {
    for (const each of await signedEvents(reader)) reading.take(each);
    return reading;
  } finally {
    reader.close();
  }
}

async function signedEvents(reader: ChainReader): Promise<Signed[]> {
  const { callbacks, tradingStorage } = interfacesOf(await compileContracts());
  const logs = await reader.logs([ADDRESSES.callbacks, ADDRESSES.tradingStorage]);
  const signed: Signed[] = [];
  for (const log of logs) {
    const isCallback = log.address.toLowerCase() === ADDRESSES.callbacks.toLowerCase();
    const event = (isCallback ? callbacks : tradingStorage).parseLog(log);
    if (!event) continue;
    signed.push({
      event,
      at: await reader.timeOf(log.blockNumber),
      signer: await reader.signerOf(log.transactionHash),
    });
  }
  return signed;
}

/** Reads the contracts' events one by one. */
class OstiumReading {
  readonly events: VenueEvent[] = [];
  /** Position of each of our trades. */
  readonly lines = new Map<string, string>();
  readonly #parties: OstiumParties;
  readonly #askedBy = new Map<string, { signer: string; collateral: Amount }>();
  readonly #held = new Map<string, Held>();

  constructor(parties: OstiumParties) {
    this.#parties = parties;
  }

  take({ event, at, signer }: Signed): void {
    const { name, args } = event;
    if (name === 'MarketOrderStored') this.#asked(args, signer);
    else if (name === 'MarketOpenExecuted') this.#opened(args, at);
    else if (name === 'TradeStored') this.#stored(args, at, signer);
    else if (name === 'MarketCloseExecutedV2') this.#closed(args, Number(args['percentageClosed']), at);
    else if (name === 'LimitCloseExecuted') this.#closed(args, WHOLE, at);
  }

  #asked(args: LogDescription['args'], signer: string): void {
    const collateral = scaled(args['order'].trade.collateral, USDC);
    this.#askedBy.set(String(args['orderId']), { signer, collateral });
  }

  #opened(args: LogDescription['args'], at: number): void {
    const id = String(args['orderId']);
    const asked = this.#askedBy.get(id);
    const { t } = args;
    const trader = String(t.trader).toLowerCase();
    const pairIndex = Number(t.pairIndex);
    const tradeId = asked ? this.#parties.tradeOf({ signer: asked.signer, trader, pairIndex }) : null;
    const collateral = scaled(t.collateral, USDC);
    const held = {
      tradeId,
      isLong: Boolean(t.buy),
      openPrice: scaled(t.openPrice, PRICE),
      collateral,
      size: scaled(args['tradeNotional'], PRICE),
    };
    // A second trade that one of ours opened stands on the line of the first: it is an entry too many.
    const line = (tradeId !== null && this.lines.get(tradeId)) || apartLine(id);
    if (tradeId !== null) this.lines.set(tradeId, line);
    this.#held.set(id, held);
    this.events.push({
      kind: 'fill',
      at,
      line,
      tradeId,
      leg: tradeId === null ? null : 'entry',
      orderId: id,
      side: held.isLong ? 'buy' : 'sell',
      size: decimalString(held.size),
      price: decimalString(held.openPrice),
      feeUsd: decimalString((asked?.collateral ?? collateral).sub(collateral)),
    });
  }

  /** The stop stands in the trade itself, and is there from its first block on. */
  #stored(args: LogDescription['args'], at: number, signer: string): void {
    const id = String(args['tradeId']);
    const tradeId = this.#held.get(id)?.tradeId ?? this.#tradeAskedBy(id, args['trade']);
    const level = scaled(args['trade'].sl, PRICE);
    if (tradeId === null) {
      if (this.#held.has(id) && this.#parties.isTradingKey(signer))
        this.#foreign(id, at, 'levels were changed');
      return;
    }
    this.events.push({
      kind: 'stop',
      at,
      line: this.lines.get(tradeId) ?? apartLine(id),
      tradeId,
      orderId: `${id}/stop`,
      level: decimalString(level),
      size: level.isZero() ? '0' : WHOLE_TRADE,
    });
  }

  /** A trade is stored within its opening, before the event that says so. */
  #tradeAskedBy(id: string, trade: LogDescription['args']): string | null {
    const asked = this.#askedBy.get(id);
    const trader = String(trade['trader']).toLowerCase();
    return asked
      ? this.#parties.tradeOf({ signer: asked.signer, trader, pairIndex: Number(trade['pairIndex']) })
      : null;
  }

  #closed(args: LogDescription['args'], percentage: number, at: number): void {
    const held = this.#held.get(String(args['tradeId']));
    if (!held) return;
    const orderId = String(args['orderId']);
    const asked = this.#askedBy.get(orderId);
    const byKey = asked !== undefined && this.#parties.isTradingKey(asked.signer);
    const isOurs = held.tradeId !== null && (asked === undefined || byKey);
    if (held.tradeId === null && byKey) this.#foreign(String(args['tradeId']), at, 'trade was closed');
    const part = held.collateral.mul(percentage).div(WHOLE);
    const size = held.size.mul(percentage).div(WHOLE);
    const price = scaled(args['price'], PRICE);
    const move = price.sub(held.openPrice).mul(held.isLong ? 1 : -1);
    const due = part.add(move.mul(size));
    held.collateral = held.collateral.sub(part);
    held.size = held.size.sub(size);
    this.events.push({
      kind: 'fill',
      at,
      line: (held.tradeId !== null && this.lines.get(held.tradeId)) || apartLine(String(args['tradeId'])),
      tradeId: isOurs ? held.tradeId : null,
      leg: isOurs ? 'exit' : null,
      orderId,
      side: held.isLong ? 'sell' : 'buy',
      size: decimalString(size),
      price: decimalString(price),
      feeUsd: decimalString(due.sub(scaled(args['usdcSentToTrader'], USDC))),
    });
  }

  #foreign(id: string, at: number, what: string): void {
    const text = `the owner's trade ${id}: its ${what} by a trading key`;
    this.events.push({ kind: 'foreign', at, line: apartLine(id), text });
  }
}

const scaled = (value: bigint, scale: number): Amount => amount(String(value)).div(scale);
