import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { SandboxRoleOptions } from '#local/roles/hyperliquid-sandbox.ts';
import { spawnRole } from '#process/role.ts';
import { startPostgres } from '#local/postgres/embedded.ts';
import { migrate } from '#prisma/migrate.ts';
import type { LoggedRequest } from '#sandbox/hyperliquid/actions/order-log.ts';
import { startTemporal } from '#local/temporal/dev-server.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import type { ControlCommand } from '#sandbox/hyperliquid/control/commands.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

/** A server that a test kills or stops and starts again, with its address and its stored data. */
export interface Killable {
  /** Its address, which no restart changes. */
  readonly address: string;
  /** Kills it as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops it in good order. */
  stop(): Promise<void>;
  /** Starts it again after it has ended; resolves when it serves. */
  start(): Promise<void>;
}

interface Running {
  readonly address: string;
  readonly pid: number;
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** `start` is told the address of the start before, null for the first. */
async function killable(start: (before: string | null) => Promise<Running>): Promise<Killable> {
  let running = await start(null);
  const { address } = running;
  return {
    address,
    async kill() {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    stop: () => running.stop(),
    async start() {
      running = await start(address);
      if (running.address !== address)
        throw new Error(`serves at ${running.address}, no longer at ${address}`);
    },
  };
}

const log = (): void => {};

/** A migrated database; the address is its URL. */
export const killablePostgres = (folder: string): Promise<Killable> =>
  killable(async (before) => {
    const options = { dataDir: folder, log, ...(before !== null && { port: portOf(before) }) };
    const postgres = await startPostgres(options);
    if (before === null) await migrate(postgres.url, { log });
    return { ...postgres, address: postgres.url };
  });

/** A Temporal server on its database file. */
export const killableTemporal = (folder: string): Promise<Killable> =>
  killable(() =>
    startTemporal({
      stateDir: folder,
      searchAttributes: Object.values(SEARCH_ATTRIBUTES),
      env: process.env,
      preferredPorts: {},
      log,
    }),
  );

/** Hyperliquid's sandbox in a process of its own, which stores its state. */
export interface KillableSandbox extends Killable {
  readonly url: string;
  setPrice(coin: string, price: number): Promise<void>;
  state(): Promise<SandboxState>;
  /** Requests received since it was last started. */
  orderLog(): Promise<LoggedRequest[]>;
  control(command: ControlCommand): Promise<unknown>;
}

export async function killableSandbox(folder: string): Promise<KillableSandbox> {
  const sandbox = await killable(async (before) => {
    const options: SandboxRoleOptions = {
      state: join(folder, 'sandbox.jsonl'),
      port: before === null ? 0 : portOf(before),
    };
    return runRole('sandbox', 'local/roles/hyperliquid-sandbox.ts', folder, {
      args: [JSON.stringify(options)],
    });
  });
  const { address: url } = sandbox;
  return {
    ...sandbox,
    url,
    async setPrice(coin, price) {
      await control(url, { type: 'setPrice', coin, price });
    },
    state: () => control<SandboxState>(url, { type: 'state' }),
    orderLog: () => control<LoggedRequest[]>(url, { type: 'orderLog' }),
    control: (command) => control(url, command),
  };
}

/** The API in a process of its own. */
export const killableApi = (folder: string, env: Readonly<Record<string, string>>): Promise<Killable> =>
  killable((before) => {
    const port = String(before === null ? 0 : portOf(before));
    return runRole('api', 'api/server.ts', folder, { env: { ...env, SIGNALMAN_API_PORT: port } });
  });

async function runRole(
  name: string,
  script: string,
  folder: string,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> },
): Promise<Running> {
  const role = await spawnRole({
    name,
    script: fileURLToPath(new URL(`../../${script}`, import.meta.url)),
    args,
    env: { ...process.env, ...env },
    logFile: join(folder, `${name}.log`),
  });
  const { identity, exited } = role;
  return { address: String(role.ready['url']), pid: identity.pid, exited, stop: () => role.stop() };
}

const portOf = (address: string): number => Number(new URL(address).port);

async function control<Result>(url: string, command: ControlCommand): Promise<Result> {
  const response = await fetch(new URL('/control', url), { method: 'POST', body: JSON.stringify(command) });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Result;
}
