import { z } from 'zod';
import { apiPath } from '#api/api-path.ts';
import type { Readiness } from '#api/schemas/health.ts';
import { isSandboxUrl } from '#api/wallet-provisioner.ts';
import { readOstium } from '#config/ostium.ts';
import { counted } from '#terminal/output.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import type { LocalSystem } from '../find-api.ts';
import { broken, CHECK_TIMEOUT_MS, off, ok, reasonOf, type Finding } from './finding.ts';

const HOW_TO_TRADE =
  'set HYPERLIQUID_URL=https://api.hyperliquid-testnet.xyz, or start local venues: npx signalman up --sandbox';
const START_SANDBOX = 'correct HYPERLIQUID_URL, or start local venues with npx signalman up --sandbox';
const WAIT_FOR_VENUE =
  'see whether this machine reaches the network and the venue says it is up; stops that rest there hold meanwhile';

/** Asks Hyperliquid for its instruments, as any client would. */
export async function checkVenue({ environment, run, stateDir }: LocalSystem): Promise<Finding> {
  const part = 'venue hyperliquid';
  const url = environment.HYPERLIQUID_URL ?? run?.sandboxUrl;
  if (url === undefined) {
    return off(part, 'HYPERLIQUID_URL is not set: not traded', HOW_TO_TRADE);
  }
  const from = environment.HYPERLIQUID_URL === undefined ? `${stateDir}/run.json` : 'HYPERLIQUID_URL';
  try {
    const startedAt = performance.now();
    const answer = await fetch(new URL('/info', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'meta' }),
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
    });
    const { universe } = z.object({ universe: z.array(z.unknown()) }).parse(await answer.json());
    const took = Math.round(performance.now() - startedAt);
    const network = environment.HYPERLIQUID_NETWORK ?? 'testnet';
    return ok(part, `${url} (${network}) lists ${universe.length} instruments, ${took} ms`, from);
  } catch (error) {
    const why = error instanceof z.ZodError ? 'what answers is not Hyperliquid' : reasonOf(error);
    return broken(part, `${url}: ${why}`, isSandboxUrl(url) ? START_SANDBOX : WAIT_FOR_VENUE, from);
  }
}

/** Asks Ostium through the nodes and services that a worker would use. */
export async function checkOstium(system: LocalSystem): Promise<Finding> {
  const part = 'venue ostium';
  const found = findOstium(system);
  if (!found) return off(part, 'OSTIUM_RPC_URLS is not set: not traded');
  const { ostium, from } = found;
  const venue = createOstiumVenue(ostium);
  const nodes = `${counted(ostium.rpcUrls.length, 'node')} (${ostium.network})`;
  try {
    const [took, { length }] = await Promise.all([venue.market.ping(), venue.market.instruments()]);
    return ok(part, `${nodes}: ${length} instruments, ${Math.round(took)} ms`, from);
  } catch (error) {
    const remedy = 'correct OSTIUM_RPC_URLS and OSTIUM_NETWORK, or OSTIUM_GRAPH_URL and OSTIUM_PRICE_URL';
    return broken(part, `${nodes}: ${reasonOf(error)}`, remedy, from);
  } finally {
    await venue.close();
  }
}

/** Returns the settings of Ostium; null where it is not traded. */
export function findOstium({ environment, run, stateDir }: LocalSystem) {
  const { ostium } = readOstium(environment);
  if (ostium) return { ostium, from: 'OSTIUM_RPC_URLS' };
  if (!run?.ostium) return null;
  const { rpcUrl, ...rest } = run.ostium;
  return {
    ostium: { ...rest, rpcUrls: [rpcUrl], network: 'testnet' as const },
    from: `${stateDir}/run.json`,
  };
}

/** Checks whether the API answers, is ready, and accepts the key. */
export async function checkApi({ apiUrl, apiKey, stateDir }: LocalSystem): Promise<Finding[]> {
  const { value: url, from } = apiUrl;
  const remedy = 'start it: npx signalman up, or node api/server.ts; or set SIGNALMAN_API_URL';
  try {
    const readiness = z
      .object({
        checks: z.array(z.object({ part: z.string(), ok: z.boolean(), reason: z.string().nullable() })),
      })
      .parse(await (await ask(url, '/readyz')).json());
    return [readyFinding(url, from, readiness.checks), await checkKey(url, apiKey, stateDir)];
  } catch (error) {
    const why =
      error instanceof z.ZodError || error instanceof SyntaxError
        ? 'what answers is not the API'
        : reasonOf(error);
    return [broken('api', `${url}: ${why}`, remedy, from), keyFinding(apiKey, stateDir)];
  }
}

function readyFinding(url: string, from: string, checks: Readiness['checks']): Finding {
  const failing = checks
    .filter((check) => !check.ok)
    .map(({ part, reason }) => `${part} (${reason ?? 'no answer'})`);
  if (failing.length === 0) return ok('api', `${url} is ready; its documentation is at ${url}/docs`, from);
  return broken('api', `${url} is not ready: ${failing.join(', ')}`, 'see these parts in this report', from);
}

async function checkKey(url: string, key: LocalSystem['apiKey'], stateDir: string): Promise<Finding> {
  if (!key) return keyFinding(key, stateDir);
  const { status } = await ask(url, apiPath('/agents?limit=1'), { authorization: `Bearer ${key.value}` });
  if (status === 200) return ok('api key', 'opens the API', key.from);
  const remedy = 'set SIGNALMAN_API_KEY to a key the API knows, for the API and for this command';
  return broken('api key', 'the API does not know it', remedy, key.from);
}

function keyFinding(key: LocalSystem['apiKey'], stateDir: string): Finding {
  if (key) return off('api key', `found in ${key.from}, not tried`);
  return broken(
    'api key',
    'there is none',
    `the first start writes ${stateDir}/api-key; or set SIGNALMAN_API_KEY`,
  );
}

const ask = (url: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
