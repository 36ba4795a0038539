import { fileURLToPath } from 'node:url';
import { DEFAULT_API_PORT, type Environment } from '#config/env.ts';
import { freePort } from '#process/free-port.ts';
import { ServiceStartError } from '#process/service-process.ts';
import type { Supervised } from '#process/supervise.ts';
import type { Parts, RoleReady } from './parts.ts';
import { portOf } from './sandboxes.ts';

const WORKER_ROLES = ['trading', 'watch', 'pipeline'] as const;
/** The processes of our own that a system may be asked for. The roles of workers share one process. */
export const ROLE_NAMES = ['api', ...WORKER_ROLES] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

const API = fileURLToPath(import.meta.resolve('#api/server.ts'));
const WORKER = fileURLToPath(import.meta.resolve('#workers/main.ts'));

/** A port that a person asked for is in use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly code = 'port_taken';
}

/** Returns the names of the processes that these roles are run by. */
export const ownRoles = (roles: readonly RoleName[]): string[] => [
  ...(roles.includes('api') ? ['api'] : []),
  ...(WORKER_ROLES.some((role) => roles.includes(role)) ? ['worker'] : []),
];

/** Ends a start that is bound to fail before it has begun. @throws {PortTakenError} as {@link startApi}. */
export async function assertApiPortFree({
  SIGNALMAN_API_PORT: asked,
}: Pick<Environment, 'SIGNALMAN_API_PORT'>): Promise<void> {
  if (asked !== undefined && asked !== 0 && (await freePort(asked)) !== asked) throw portTaken(asked);
}

/**
 * Starts the API at the port of SIGNALMAN_API_PORT, else at the usual one or, where that is taken, at a free one. A
 * start after a crash is at the port of before.
 *
 * @throws {PortTakenError} when the port that was asked for is in use.
 */
export async function startApi(
  parts: Parts,
  env: NodeJS.ProcessEnv,
  { SIGNALMAN_API_PORT: asked }: Environment,
): Promise<Supervised<RoleReady>> {
  const startAt = (port: number): Promise<Supervised<RoleReady>> =>
    parts.startRole('api', API, (before) => ({
      env: { ...env, SIGNALMAN_API_PORT: String(before === null ? port : portOf(before)) },
    }));
  await assertApiPortFree({ SIGNALMAN_API_PORT: asked });
  const port = await freePort(asked ?? DEFAULT_API_PORT);
  try {
    return await startAt(port);
  } catch (error) {
    // A program took the port that was free a moment ago.
    if (!(error instanceof ServiceStartError) || !error.log.includes('is taken')) throw error;
    if (asked !== undefined) throw portTaken(asked);
    return startAt(0);
  }
}

const portTaken = (port: number): PortTakenError =>
  new PortTakenError(
    `port ${port} (SIGNALMAN_API_PORT) is taken: end the program that listens there, or choose another port`,
  );

/** Starts one process for the roles of workers that are asked for; null for none. */
export async function startWorkers(
  parts: Parts,
  env: NodeJS.ProcessEnv,
  roles: readonly RoleName[],
): Promise<Supervised<RoleReady> | null> {
  const args = WORKER_ROLES.filter((role) => roles.includes(role));
  return args.length === 0 ? null : parts.startRole('worker', WORKER, () => ({ env, args }));
}
