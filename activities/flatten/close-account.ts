import { setTimeout as delay } from 'node:timers/promises';
import { worstPrice } from '#domain/entry-plan.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, decimalString } from '#domain/money.ts';
import type { OrderReport, OrderSide } from '#domain/order.ts';
import {
  VenueError,
  type Outcome,
  type RestingOrder,
  type TradingAccount,
  type Venue,
  type VenueOpenOrder,
  type VenuePosition,
} from '#venues/venue.ts';

/** Farthest that a closing order may fill from the price at which it is sent, in percent. */
const SLIPPAGE_PCT = 5;
/** Pauses between two looks at the account, which grow because each look costs request budget. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/** An account that is to hold nothing any more. */
export interface AccountToClose {
  venue: Venue;
  account: TradingAccount;
  waitMs: number;
  /** Told of each order that is sent and of each refusal, in one line for a person. */
  onStep: (text: string) => void;
}

/** What an account holds by the venue's word. */
export interface AccountHoldings {
  positions: VenuePosition[];
  orders: VenueOpenOrder[];
}

export const isEmpty = ({ positions, orders }: AccountHoldings): boolean =>
  positions.length === 0 && orders.length === 0;

/** Reads positions and resting orders of an account. Throws `VenueError`. */
export async function readHoldings(
  { accounts }: Pick<Venue, 'accounts'>,
  accountId: TradingAccount['accountId'],
): Promise<AccountHoldings> {
  const [{ positions }, orders] = await Promise.all([
    accounts.account(accountId),
    accounts.openOrders(accountId),
  ]);
  return { positions: positions.filter(({ size }) => !amount(size).isZero()), orders };
}

/**
 * Cancels every order of an account and closes every position, also those of its owner, from the venue alone: no
 * record is read or written. Looks and tries again until the venue says that nothing is left or `waitMs` are over.
 * Closing orders are reduce-only, so that one too many opens nothing. Returns what is left. Throws `VenueError` when the
 * account cannot be read until then.
 */
export async function closeAccount(wanted: AccountToClose): Promise<AccountHoldings> {
  const { venue, account, waitMs, onStep } = wanted;
  const until = performance.now() + waitMs;
  const sending = createSending(wanted);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const read = await readHoldings(venue, account.accountId).catch(venueErrorOf);
    if (read instanceof VenueError) {
      if (performance.now() > until) throw read;
      onStep(`${venue.name} cannot be read: ${read.message}`);
    } else {
      if (isEmpty(read) || performance.now() > until) return read;
      await closeOnce(sending, read).catch((error: unknown) => onStep(venueErrorOf(error).message));
    }
    await delay(pause);
  }
}

function venueErrorOf(error: unknown): VenueError {
  if (error instanceof VenueError) return error;
  throw error;
}

interface Sending extends AccountToClose {
  /** Returns the instruments of the venue by symbol, asked for once. Throws `VenueError`. */
  instruments: () => Promise<ReadonlyMap<string, Instrument>>;
  nextNonce: () => number;
}

function createSending(wanted: AccountToClose): Sending {
  let instruments: Map<string, Instrument> | null = null;
  let lastNonce = 0;
  return {
    ...wanted,
    async instruments() {
      instruments ??= new Map((await wanted.venue.market.instruments()).map((each) => [each.symbol, each]));
      return instruments;
    },
    nextNonce: () => (lastNonce = Math.max(lastNonce + 1, Date.now())),
  };
}

/** Withdraws entries first, then closes; stops and targets stay until nothing is left that they protect. */
async function closeOnce(sending: Sending, { positions, orders }: AccountHoldings): Promise<void> {
  const entries = orders.filter(({ reduceOnly }) => !reduceOnly);
  await cancelAll(sending, positions.length > 0 ? entries : orders);
  const prices = new Map(
    (await sending.venue.market.prices().catch(() => [])).map(({ symbol, price }) => [symbol, price]),
  );
  await Promise.all(
    positions.map((position) =>
      closeOne(sending, position, prices.get(position.symbol) ?? position.entryPrice),
    ),
  );
}

async function cancelAll(sending: Sending, orders: readonly VenueOpenOrder[]): Promise<void> {
  if (orders.length === 0) return;
  const instruments = await sending.instruments();
  const resting = orders.flatMap(({ symbol, venueOrderId }): RestingOrder[] => {
    const instrument = instruments.get(symbol);
    return instrument ? [{ instrument, venueOrderId }] : [];
  });
  const { venue, account, onStep } = sending;
  onStep(`cancelling ${resting.length} orders at ${venue.name}`);
  await command(sending, 'cancel', (options) => venue.execution.cancelResting(account, resting, options));
}

async function closeOne(sending: Sending, position: VenuePosition, price: string): Promise<void> {
  const { venue, account, onStep } = sending;
  const { symbol, size, positionId } = position;
  const instrument = (await sending.instruments()).get(symbol);
  if (!instrument) return onStep(`${venue.name} does not list ${symbol}: its position cannot be closed here`);
  const side: OrderSide = amount(size).gt(0) ? 'sell' : 'buy';
  onStep(`closing ${size} ${symbol} at ${venue.name}`);
  await command(sending, `close of ${symbol}`, async (options) => {
    const order = {
      clientOrderId: venue.clientOrderId(`flatten-${symbol.replaceAll('/', '-')}`, 'exit', 0, options.nonce),
      instrument,
      side,
      kind: 'ioc' as const,
      size: decimalString(amount(size).abs()),
      price: worstPrice(instrument, side, price, SLIPPAGE_PCT),
      triggerPrice: null,
      reduceOnly: true,
    };
    const placed = await venue.execution.place(account, [order], 'single', {
      ...options,
      ...(positionId !== undefined && { entryOrderId: positionId }),
    });
    return refusedInside(placed);
  });
}

/** Returns a refusal of the one order of an accepted action as the refusal of the action. */
function refusedInside(placed: Outcome<OrderReport[]>): Outcome<unknown> {
  const report = placed.kind === 'confirmed' ? placed.value[0] : undefined;
  if (report?.status !== 'rejected') return placed;
  return { kind: 'rejected', code: report.code ?? 'venue_rejected', text: report.text ?? 'no reason given' };
}

interface Options {
  nonce: number;
  note: (reference: string) => Promise<boolean>;
}

/** Sends one command; one without an answer is fenced off, so that it cannot happen after the next look. */
async function command(
  { venue, account, onStep, nextNonce }: Sending,
  what: string,
  send: (options: Options) => Promise<Outcome<unknown>>,
): Promise<void> {
  const nonce = nextNonce();
  let reference: string | null = null;
  const note = (noted: string): Promise<boolean> => {
    reference = noted;
    return Promise.resolve(true);
  };
  const outcome = await send({ nonce, note });
  if (outcome.kind === 'confirmed') return;
  onStep(`${what} at ${venue.name}: ${outcome.kind}: ${outcome.text}`);
  if (outcome.kind === 'unresolved') await venue.execution.fence(account, nonce, reference);
}
