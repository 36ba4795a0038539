import { createHash } from 'node:crypto';
import type {
  FillEvent as VenueFill,
  HistoryEvent,
  OrderEvent,
  RequestEvent,
} from '#sandbox/hyperliquid/exchange/history.ts';
import type { VenueEvent } from '../judge/record.ts';
import { nettedLine } from './lines.ts';

/** Revisions and targets whose client ids are looked for. */
const MAX_REVISION = 150;
const MAX_TARGETS = 5;
const DIGITS = 32;
const QUESTION = 'orderStatus';
const REFUSABLE = new Set(['order', 'modify', 'batchModify']);

export interface OwnOrder {
  readonly tradeId: string;
  readonly leg: 'entry' | 'stop' | 'take_profit' | 'exit';
}

/** Returns what each client id of a trade's orders is for. The ids are derived here a second time, by the documented rule. */
export function ordersByClientId(tradeIds: readonly string[]): ReadonlyMap<string, OwnOrder> {
  const found = new Map<string, OwnOrder>();
  for (const tradeId of tradeIds)
    for (const [leg, legNumber] of legs())
      for (let revision = 0; revision <= MAX_REVISION; revision += 1)
        found.set(clientIdOf(`${tradeId}/${leg}/${legNumber}/${revision}`), { tradeId, leg });
  return found;
}

function legs(): [OwnOrder['leg'], number][] {
  const targets = Array.from({ length: MAX_TARGETS }, (_, i): [OwnOrder['leg'], number] => [
    'take_profit',
    i + 1,
  ]);
  return [['entry', 0], ['stop', 0], ['exit', 0], ...targets];
}

const clientIdOf = (text: string): string =>
  `0x${createHash('sha256').update(text).digest('hex').slice(0, DIGITS)}`;

/** Returns the sandbox's history as it is judged; `owners` are the addresses whose signatures are the owners' own. */
export function hyperliquidEvents(
  history: readonly HistoryEvent[],
  own: ReadonlyMap<string, OwnOrder>,
  owners: ReadonlySet<string>,
): VenueEvent[] {
  const ofOwners = new Set<number>();
  const requests = new RequestReader(history, own);
  return history.flatMap((event): VenueEvent[] => {
    switch (event.kind) {
      case 'fill':
        return [fillEvent(event, own)];
      case 'order':
        if (isOfOwner(event, own, owners)) ofOwners.add(event.oid);
        return [...stopEvents(event, own), ...foreignEvents(event, ofOwners, owners)];
      case 'request':
        return requests.read(event);
      default:
        return [{ kind: 'price', at: event.at, line: event.coin, price: event.px }];
    }
  });
}

function fillEvent({ at, user, fill }: VenueFill, own: ReadonlyMap<string, OwnOrder>): VenueEvent {
  const order = own.get(fill.cloid ?? '');
  return {
    kind: 'fill',
    at,
    line: nettedLine(user, fill.coin),
    tradeId: order?.tradeId ?? null,
    leg: order === undefined ? null : order.leg === 'entry' ? 'entry' : 'exit',
    orderId: String(fill.oid),
    side: fill.side === 'B' ? 'buy' : 'sell',
    size: fill.sz,
    price: fill.px,
    feeUsd: fill.fee,
    isByVenue: fill.dir === 'Auto-Deleveraging' || fill.liquidation?.liquidatedUser === user,
  };
}

function stopEvents(event: OrderEvent, own: ReadonlyMap<string, OwnOrder>): VenueEvent[] {
  const order = own.get(event.cloid ?? '');
  if (order?.leg !== 'stop' || event.triggerPx === null || event.phase === 'waiting') return [];
  return [
    {
      kind: 'stop',
      at: event.at,
      line: nettedLine(event.user, event.coin),
      tradeId: order.tradeId,
      orderId: String(event.oid),
      level: event.triggerPx,
      size: event.phase === 'armed' ? event.sz : '0',
    },
  ];
}

/** Whether an owner placed or changed an order of his own: his fills cut our reduce-only ones to what is left, too. */
const isOfOwner = (
  { phase, signer, cloid }: OrderEvent,
  own: ReadonlyMap<string, OwnOrder>,
  owners: ReadonlySet<string>,
): boolean => phase !== 'closed' && signer !== null && owners.has(signer) && !own.has(cloid ?? '');

/** An order that its owner placed and that a signature of ours took back. */
function foreignEvents(
  event: OrderEvent,
  ofOwners: ReadonlySet<number>,
  owners: ReadonlySet<string>,
): VenueEvent[] {
  const isOurs = event.signer !== null && !owners.has(event.signer);
  if (!isOurs || event.status !== 'canceled' || !ofOwners.has(event.oid)) return [];
  const line = nettedLine(event.user, event.coin);
  return [{ kind: 'foreign', at: event.at, line, text: `order ${event.oid} of the owner was cancelled` }];
}

/** Reads requests and questions about orders of trades; a fence is about those that were sent under its nonce. */
class RequestReader {
  readonly #own: ReadonlyMap<string, OwnOrder>;
  readonly #listedAt = new Map<string, number>();
  readonly #sentUnder = new Map<number, readonly string[]>();

  constructor(history: readonly HistoryEvent[], own: ReadonlyMap<string, OwnOrder>) {
    this.#own = own;
    for (const event of history) {
      if (event.kind === 'order' && event.cloid !== null && !this.#listedAt.has(event.cloid))
        this.#listedAt.set(event.cloid, event.at);
      if (event.kind === 'request' && event.nonce !== null && event.cloids.length > 0)
        this.#sentUnder.set(event.nonce, event.cloids);
    }
  }

  read(event: RequestEvent): VenueEvent[] {
    const { at, answeredAt, action, answer, nonce } = event;
    const cloids = event.cloids.length > 0 ? event.cloids : (this.#sentUnder.get(nonce ?? 0) ?? []);
    const tradeIds = [...new Set(cloids.flatMap((cloid) => this.#own.get(cloid)?.tradeId ?? []))];
    if (tradeIds.length === 0) return [];
    const text = `${action}: ${event.outcome === 'answered' ? '' : `${event.outcome}, `}${JSON.stringify(answer)}`;
    const outcome = action === QUESTION ? this.#told(event, text) : outcomeOf(event, text);
    return [{ kind: 'request', at, answeredAt, tradeIds, outcome, text }];
  }

  #told({ at, cloids, outcome }: RequestEvent, text: string): 'done' | 'untold' {
    const isKnown = cloids.some((cloid) => (this.#listedAt.get(cloid) ?? Infinity) <= at);
    const isTold = outcome === 'answered' && !text.includes('unknownOid');
    return isTold || !isKnown ? 'done' : 'untold';
  }
}

function outcomeOf({ action, outcome, answer }: RequestEvent, text: string) {
  if (outcome !== 'answered') return outcome;
  const isRefused = REFUSABLE.has(action) && (typeof answer === 'string' || text.includes('"error"'));
  return isRefused ? 'refused' : 'done';
}
