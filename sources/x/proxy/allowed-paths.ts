/** A request that may pass. Its name is the endpoint whose limit it counts against. */
interface AllowedPath {
  name: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  /** Names of the query that are passed on. */
  query: RegExp;
  isStream?: boolean;
}

/** The host in addresses of requests to the proxy, which are given by their paths. */
const HOST = 'proxy';

/** Returns the address of a request by its path and query. */
export const requestAddress = (path: string): URL => new URL(path, `http://${HOST}`);

const NO_QUERY = /^$/;

/** Everything that reading posts needs: nothing here writes, likes, follows or reads a private message. */
const ALLOWED: readonly AllowedPath[] = [
  {
    name: 'timeline',
    method: 'GET',
    path: /^\/2\/users\/\d{1,19}\/tweets$/,
    query: /^(max_results|since_id|until_id|pagination_token|exclude|expansions|(tweet|post|user)\.fields)$/,
  },
  { name: 'user', method: 'GET', path: /^\/2\/users\/by\/username\/\w{1,15}$/, query: NO_QUERY },
  { name: 'stream', method: 'GET', path: /^\/2\/activity\/stream$/, query: NO_QUERY, isStream: true },
  { name: 'subscriptions', method: 'GET', path: /^\/2\/activity\/subscriptions$/, query: NO_QUERY },
  { name: 'subscribe', method: 'POST', path: /^\/2\/activity\/subscriptions$/, query: NO_QUERY },
  {
    name: 'unsubscribe',
    method: 'DELETE',
    path: /^\/2\/activity\/subscriptions\/\d{1,19}$/,
    query: NO_QUERY,
  },
];

/** Returns what a request counts as; null for one that may not pass. A path that names a host may not. */
export function allowedPath(method: string, url: URL): AllowedPath | null {
  if (url.host !== HOST) return null;
  const found = ALLOWED.find((each) => each.method === method && each.path.test(url.pathname));
  if (!found) return null;
  return [...url.searchParams.keys()].every((name) => found.query.test(name)) ? found : null;
}
