import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import type { PlannedAct, PlannedTrade } from '../plan.ts';
import { createHands, type Hands } from './hands.ts';
import type { Stage } from './stage.ts';

/** A planned trade once it has been asked for. */
export interface AskedTrade {
  readonly planned: PlannedTrade;
  readonly signalId: string;
  readonly deploymentId: string;
}

const PERCENT_OF_COLLATERAL = 0.5;

/** Those who ask for trades and act on them by hand: through our API, and at the venues with their own keys. */
export class People {
  /** When other exits were asked for, by trade. */
  readonly adjustedAt = new Map<string, number[]>();
  readonly asked: AskedTrade[] = [];
  readonly #stage: Stage;
  readonly #say: (line: string) => void;
  readonly #hands: readonly Hands[];
  readonly #added = new Map<PlannedTrade, number>();

  constructor(stage: Stage, say: (line: string) => void) {
    this.#stage = stage;
    this.#say = say;
    this.#hands = stage.owners.map((owner) => createHands(owner, stage.hyperliquid.url, stage.ostium));
  }

  /** Posts a signal; returns null where it was not taken. */
  async ask(planned: PlannedTrade): Promise<AskedTrade | null> {
    const { system, owners } = this.#stage;
    const { deployment } = owners[planned.owner]!;
    const { venue, market, side, notionalUsd, barriers } = planned;
    const answer = await system.call('POST', '/signals', {
      agentId: deployment.agentId,
      instrument: this.#stage.symbolOf(venue, market),
      venue,
      side,
      barriers,
      sizeModel: { mode: 'fixedNotional', notionalUsd },
    });
    if (answer.status !== 202) {
      this.#say(`${market} was not taken: ${answer.status} ${answer.text}`);
      return null;
    }
    const asked = { planned, signalId: answer.body.signalId, deploymentId: deployment.deploymentId };
    this.asked.push(asked);
    return asked;
  }

  /** Does what was planned about a trade. Does nothing where the trade does not exist yet or not any longer. */
  async act(asked: AskedTrade, act: PlannedAct): Promise<void> {
    const trade = await this.tradeOf(asked);
    if (!trade) return;
    const { kind, amount } = act;
    if (kind === 'close' || kind === 'pause' || kind === 'resume') await this.request(trade.id, kind);
    else if (kind === 'adjust') await this.#adjust(trade.id, amount);
    else if (kind === 'venueTakes') this.#takeByVenue(asked.planned, amount);
    else if (asked.planned.venue === 'hyperliquid') await this.#tradeByHand(asked.planned, kind, amount);
    else if (kind === 'ownerAdds') await this.#openByHand(asked.planned, amount);
    else if (kind === 'ownerCloses') await this.#closeByHand(asked.planned, amount);
  }

  /** Returns the trade that became of a signal, null while there is none. */
  tradeOf({ signalId, deploymentId }: AskedTrade) {
    const where = { signalId_deploymentId: { signalId, deploymentId } };
    return this.#stage.system.db.trade.findUnique({ where, select: { id: true, phase: true } });
  }

  /** Sends a request to the API and ignores its answer. */
  async request(tradeId: string, wish: 'close' | 'pause' | 'resume'): Promise<void> {
    await this.#stage.system.call('POST', `/trades/${tradeId}/${wish}`, {});
  }

  leave(): void {
    for (const hands of this.#hands) hands.close();
  }

  async #adjust(tradeId: string, pct: number): Promise<void> {
    this.adjustedAt.set(tradeId, [...(this.adjustedAt.get(tradeId) ?? []), Date.now()]);
    await this.#stage.system.call('POST', `/trades/${tradeId}/adjust`, {
      barriers: { stopLoss: { pct }, takeProfits: [{ pct: 2 * pct, fraction: 1 }] },
    });
  }

  async #tradeByHand(planned: PlannedTrade, kind: PlannedAct['kind'], part: number): Promise<void> {
    const hands = this.#hands[planned.owner]!;
    const { market: coin, side } = planned;
    const near = this.#stage.prices.of(coin);
    const isLong = side === 'long';
    const order = (size: number, isBuy: boolean) =>
      hands.trade({ coin, isBuy, size, price: near, reduceOnly: kind !== 'ownerAdds' });
    if (kind === 'ownerAdds') {
      const size = (Number(planned.notionalUsd) * part) / near;
      await order(size, isLong);
      this.#added.set(planned, size);
    } else if (kind === 'ownerTakesBack') {
      const size = this.#added.get(planned);
      if (size !== undefined) await order(size, !isLong);
    } else {
      const held = await hands.position(coin);
      if (held !== 0 && held > 0 === isLong) await order(Math.abs(held) * part, !isLong);
    }
  }

  async #closeByHand({ owner, market: pair }: PlannedTrade, part: number): Promise<void> {
    await this.#hands[owner]!.closeOstium({ pair, part, price: this.#stage.prices.of(pair) });
  }

  /** The venue takes a part of what the owner holds in the coin, as when a losing account cannot pay. */
  #takeByVenue({ owner, market: coin, notionalUsd }: PlannedTrade, part: number): void {
    const size = ((Number(notionalUsd) * part) / this.#stage.prices.of(coin)).toFixed(sizeDecimals(coin));
    const { address } = this.#stage.owners[owner]!;
    if (Number(size) > 0) this.#stage.hyperliquid.control({ type: 'deleverage', address, coin, size });
  }

  async #openByHand({ owner, market: pair, side, notionalUsd }: PlannedTrade, part: number): Promise<void> {
    await this.#hands[owner]!.openOstium({
      pair,
      isLong: part > PERCENT_OF_COLLATERAL ? side === 'long' : side !== 'long',
      collateralUsd: Math.round(Number(notionalUsd) * part),
      price: this.#stage.prices.of(pair),
    });
  }
}

const sizeDecimals = (coin: string): number => UNIVERSE.find(({ name }) => name === coin)!.szDecimals;
