import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asId, type AccountId } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import type { OrderRequest, TradingAccount, TradingSigner } from '../venue.ts';
import { clientOrderId } from './orders/client-order-id.ts';

// What the tests of this folder share.

export const BITCOIN: Instrument = {
  venue: 'hyperliquid',
  symbol: 'BTC',
  venueSymbol: 'BTC',
  venueAssetId: 0,
  priceRule: { kind: 'significant', figures: 5, decimals: 1 },
  lot: '0.00001',
  minNotionalUsd: '10',
  maxLeverage: 40,
  onlyIsolated: false,
  tradable: true,
};

/** A signer whose key exists only in this test. */
export const randomSigner = (): TradingSigner => createTradingSigner(createTradingKey().privateKey);

export function tradingAccount(master: TradingSigner, signer: TradingSigner): TradingAccount {
  return { accountId: asId<AccountId>(master.address), signer };
}

let orders = 0;
/** An entry order for a bitcoin, unless said otherwise. */
export function orderRequest(changes: Partial<OrderRequest> = {}): OrderRequest {
  orders += 1;
  return {
    clientOrderId: clientOrderId(`test-${orders}`, 'entry', 0, 0),
    instrument: BITCOIN,
    side: 'buy',
    kind: 'ioc',
    size: '0.01',
    price: '50500',
    triggerPrice: null,
    reduceOnly: false,
    ...changes,
  };
}

export interface ScriptedRequest {
  path: string;
  body: {
    nonce?: number;
    action?: { type: string };
    signature?: unknown;
    type?: string;
    startTime?: number;
  };
}

/** What a request gets: a body, another HTTP status or text, the connection torn down, or nothing at all. */
export type ScriptedAnswer = { json: unknown } | { status: number; text: string } | 'reset' | 'silence';

export interface ScriptedServer {
  url: string;
  requests: ScriptedRequest[];
  /** Decides about every request from now on. */
  answer(script: (request: ScriptedRequest) => ScriptedAnswer): void;
  close(): Promise<void>;
}

type Script = (request: ScriptedRequest) => ScriptedAnswer;
const SILENT_SCRIPT: Script = () => 'silence';

/** An HTTP server on loopback that says what the test wants to hear. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  let script = SILENT_SCRIPT;
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message);
    requests.push(request);
    perform(script(request), response);
  }
  const server = createServer((message, response) => {
    void serve(message, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    answer(next) {
      script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(message: IncomingMessage): Promise<ScriptedRequest> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += String(chunk);
  return { path: message.url ?? '', body: JSON.parse(text) };
}

function perform(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.destroy();
  } else if ('json' in answer) {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answer.json));
  } else {
    response.statusCode = answer.status;
    response.end(answer.text);
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}
