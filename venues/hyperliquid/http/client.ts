import { waitUntil } from '#process/clocks.ts';
import { HttpTransport, type IRequestTransport } from '@nktkas/hyperliquid';
import { ApiRequestError, type ExchangeSingleWalletConfig } from '@nktkas/hyperliquid/api/exchange';
import type { z } from 'zod';
import { isTooLate, TOO_LATE, VenueError, type Outcome, type TradingSigner } from '../../venue.ts';
import { failureOfAction, failureOfRead, isTooManyRequests } from './errors.ts';
import { createLanes } from '../../lanes.ts';
import { createRateLimiter, type Priority } from './rate-limiter.ts';
import { codeOfRefusal } from './refusals.ts';
import { refusedAnswer } from './schemas.ts';

/** Actions of one signer that may wait for their turn. */
const MAX_WAITING_PER_SIGNER = 100;

/** Chain id in user-signed actions; any is valid as long as the action names it. */
const SIGNATURE_CHAIN_ID = '0x66eee';

export interface ClientOptions {
  /** `http(s)` base address of the API. */
  url: string;
  /** Which network signatures are made for; independent of the address. */
  network: 'testnet' | 'mainnet';
  exchangeTimeoutMs: number;
  infoTimeoutMs: number;
  weightPerMinute: number;
}

/** A question to the information endpoint. */
export interface InfoQuery<Schema extends z.ZodType> {
  schema: Schema;
  weight: number;
  /** `entry` for reads that a running command depends on; `read` unless given. */
  priority?: Priority;
  ask: (config: { transport: HttpTransport }) => Promise<unknown>;
}

/** An action that a trading key signs. */
export interface ExchangeAction<Schema extends z.ZodType> {
  signer: TradingSigner;
  nonce: number;
  weight: number;
  priority: Priority;
  /** Epoch ms from which on the action is not sent any more: it then ends as {@link TOO_LATE}. */
  notAfter?: number | undefined;
  /** Called when the turn of the action has come; false ends the action as {@link TOO_LATE}. */
  isWanted?: (() => Promise<boolean>) | undefined;
  /** Chain of a user-signed action, in hex; any, unless a wallet has signed it already. */
  signatureChainId?: `0x${string}`;
  schema: Schema;
  send: (config: ExchangeSingleWalletConfig) => Promise<unknown>;
}

/** Sends requests within the venue's limits, actions of one key one after another, and checks the answers. */
export interface HyperliquidClient {
  /** Asks for information. Throws `VenueError`. */
  info<Schema extends z.ZodType>(query: InfoQuery<Schema>): Promise<z.infer<Schema>>;
  /** Sends an action once and never again. Never throws for what the venue or the network does. */
  exchange<Schema extends z.ZodType>(action: ExchangeAction<Schema>): Promise<Outcome<z.infer<Schema>>>;
  /** Takes from the request budget the weight that a long answer adds. */
  charge(weight: number): void;
  close(): void;
}

/** Creates the client of one API address. `close` turns away all requests that wait. */
export function createClient(options: ClientOptions): HyperliquidClient {
  const isTestnet = options.network === 'testnet';
  const transport = (timeout: number): HttpTransport =>
    // A redirected POST would send a signed action a second time.
    new HttpTransport({ apiUrl: options.url, isTestnet, timeout, fetchOptions: { redirect: 'error' } });
  const infoTransport = transport(options.infoTimeoutMs);
  const exchangeTransport = transport(options.exchangeTimeoutMs);
  const limiter = createRateLimiter({ weightPerMinute: options.weightPerMinute });
  const lanes = createLanes({
    maxWaiting: MAX_WAITING_PER_SIGNER,
    maxWaitMs: 2 * options.exchangeTimeoutMs,
  });

  async function limited<Result>(
    weight: number,
    priority: Priority,
    maxWaitMs: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const release = await limiter.take(weight, priority, maxWaitMs);
    try {
      return await work();
    } catch (error) {
      if (isTooManyRequests(error)) limiter.drain();
      throw error;
    } finally {
      release();
    }
  }

  const sendOnce = (action: ExchangeAction<z.ZodType>): Promise<unknown> =>
    limited(action.weight, action.priority, waitOf(action, options.exchangeTimeoutMs), async () => {
      if (action.isWanted && !(await action.isWanted())) throw new TooLate(TOO_LATE.text);
      return action.send({
        transport: inTime(exchangeTransport, action),
        wallet: asWallet(action.signer),
        nonceManager: () => action.nonce,
        signatureChainId: action.signatureChainId ?? SIGNATURE_CHAIN_ID,
      });
    });

  return {
    async info({ schema, weight, priority = 'read', ask }) {
      const answer = await limited(weight, priority, options.infoTimeoutMs, () =>
        ask({ transport: infoTransport }),
      ).catch((error: unknown) => {
        throw failureOfRead(error);
      });
      return parsed(schema, answer);
    },
    async exchange(action) {
      try {
        const answer = await lanes.run(action.signer.address, () => sendOnce(action), action.notAfter);
        return readAnswer(action.schema, answer);
      } catch (error) {
        // Raised also when one order of an accepted batch was refused; then the answer is in it.
        if (error instanceof ApiRequestError) return readAnswer(action.schema, error.response);
        if (error instanceof TooLate) return TOO_LATE;
        const failure = failureOfAction(error);
        return failure.kind === 'denied' && isTooLate(action) ? TOO_LATE : failure;
      }
    },
    charge: (weight) => limiter.charge(weight),
    close: () => limiter.close(),
  };
}

/** An action was not sent, because its time was over when its turn came. */
class TooLate extends Error {
  override name = 'TooLate';
}

type Deadline = Pick<ExchangeAction<z.ZodType>, 'notAfter'>;

/** Returns how long an action may wait for the request budget, in ms. */
const waitOf = ({ notAfter = Infinity }: Deadline, maxWaitMs: number): number =>
  Math.min(maxWaitMs, waitUntil(notAfter));

/** Returns a transport that refuses to send once the time of an action is over: nothing waits after this check. */
function inTime(transport: HttpTransport, deadline: Deadline): IRequestTransport {
  if (deadline.notAfter === undefined) return transport;
  return {
    isTestnet: transport.isTestnet,
    request: (...request) =>
      isTooLate(deadline) ? Promise.reject(new TooLate(TOO_LATE.text)) : transport.request(...request),
  };
}

function parsed<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.infer<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new VenueError('venue_unreadable', `the venue's answer has an unknown form`, 'retry', {
    cause: result.error,
  });
}

function readAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown): Outcome<z.infer<Schema>> {
  const refused = refusedAnswer.safeParse(answer);
  if (refused.success) {
    const text = refused.data.response;
    return { kind: 'rejected', code: codeOfRefusal(text), text };
  }
  const accepted = schema.safeParse(answer);
  if (accepted.success) return { kind: 'confirmed', value: accepted.data };
  return { kind: 'unresolved', text: "the venue's answer has an unknown form" };
}

type TypedField = { name: string; type: string };

/** Returns a signer in the shape that the SDK expects: it can sign and name its address, nothing else. */
export function asWallet(signer: TradingSigner): ExchangeSingleWalletConfig['wallet'] {
  return {
    signTypedData: (domain, types, message) => {
      const copied = Object.entries(types).map(([name, fields]): [string, TypedField[]] => [
        name,
        [...fields],
      ]);
      return signer.signTypedData({ ...domain }, Object.fromEntries(copied), message);
    },
    getAddress: () => Promise.resolve(signer.address),
  };
}
