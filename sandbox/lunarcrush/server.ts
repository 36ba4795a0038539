import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A coin of the stand-in; what is left out is left out of the answer. */
export interface SandboxCoin {
  id: number;
  symbol: string;
  price?: number | null;
  market_cap_rank?: number | null;
  sentiment?: number | null;
  galaxy_score?: number | null;
  alt_rank?: number | null;
}

/** How the stand-in answers: as the service does when it is well, or in one of the ways it does when it is not. */
export type LunarCrushMood =
  | 'well'
  | 'hangs'
  | 'drips'
  | 'html'
  | 'unauthorised'
  | 'rate_limited'
  | 'rate_limited_without_time'
  | 'error_with_200'
  | 'subscription_with_200'
  | 'broken'
  | 'stale'
  | 'no_rows'
  | 'redirects';

export interface LunarCrushSandbox {
  readonly url: string;
  /** The key that it takes. */
  readonly apiKey: string;
  coins: readonly SandboxCoin[];
  mood: LunarCrushMood;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const API_KEY = 'lunarcrush-sandbox-key';
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** Starts a stand-in for version 4 of the LunarCrush API that knows the list of coins. The caller closes it. */
export async function startLunarCrushSandbox(coins: readonly SandboxCoin[]): Promise<LunarCrushSandbox> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(sandbox, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const sandbox: LunarCrushSandbox = {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api4`,
    apiKey: API_KEY,
    coins,
    mood: 'well',
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sandbox;
}

function answer(
  { coins, mood }: LunarCrushSandbox,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const json = (status: number, body: object, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  const path = request.url?.split('?')[0];
  if (request.headers.authorization !== `Bearer ${API_KEY}` || mood === 'unauthorised')
    return void json(401, { message: 'Unauthorized' });
  if (path !== '/api4/public/coins/list/v2') return void json(404, { message: 'Not Found' });
  switch (mood) {
    case 'hangs':
      return;
    case 'drips':
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"config":');
      return;
    case 'html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Just a moment</html>');
    case 'rate_limited':
      return void json(429, { error: 'Rate limit exceeded (minute)' }, { 'retry-after': '7' });
    case 'rate_limited_without_time':
      return void json(429, { message: 'Too Many Requests' });
    case 'error_with_200':
      return void json(200, { error: 'Rate limit exceeded (minute)' });
    case 'subscription_with_200':
      return void json(200, { error: 'You must have a higher subscription to use this endpoint.' });
    case 'broken':
      return void json(502, { message: 'Bad Gateway' });
    case 'redirects':
      return void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    default:
      json(200, listOf(coins, mood));
  }
}

function listOf(coins: readonly SandboxCoin[], mood: LunarCrushMood): object {
  const generated = Math.floor((Date.now() - (mood === 'stale' ? DAY_MS : 0)) / SECOND_MS);
  return {
    config: { sort: 'market_cap_rank', limit: 1_000, page: 0, total_rows: 6_700, generated },
    data: mood === 'no_rows' ? [] : coins,
  };
}
