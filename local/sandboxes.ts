import { fileURLToPath } from 'node:url';
import { missingModel, readClassifier } from '#config/classifier.ts';
import type { Environment } from '#config/env.ts';
import type { Supervised } from '#process/supervise.ts';
import { startOstium, type LocalOstium } from './ostium.ts';
import type { Parts, RoleReady } from './parts.ts';
import type { SandboxRoleOptions } from './roles/hyperliquid-sandbox.ts';
import type { StateDir } from './state-dir.ts';

const SCRIPT = fileURLToPath(import.meta.resolve('#local/roles/hyperliquid-sandbox.ts'));

export interface SandboxesOptions {
  state: StateDir;
  env: NodeJS.ProcessEnv;
  /** Hyperliquid's; Ostium's has its seed and its held prices too. */
  sandbox: SandboxRoleOptions;
  /** Receives a line of progress of one part. */
  log: (part: string, line: string) => void;
}

/** Starts Hyperliquid's sandbox. Held prices are held at the first start; after a crash it goes on at its address. */
export const startHyperliquidSandbox = (
  { env, sandbox }: SandboxesOptions,
  parts: Parts,
): Promise<Supervised<RoleReady>> =>
  parts.startRole('sandbox', SCRIPT, (before) => {
    const place = before === null ? {} : { port: portOf(before), startPaused: false };
    return { env, args: [JSON.stringify({ ...sandbox, ...place })] };
  });

/** Starts Ostium's sandbox. The chain is kept, so that a crash of the sandbox loses nothing. */
export const startOstiumSandbox = (
  { env, log, state, sandbox: { seed, startPaused } }: SandboxesOptions,
  parts: Parts,
): Promise<LocalOstium> =>
  startOstium(
    {
      env,
      log,
      sandbox: {
        port: 0,
        stateDir: state.folder('ostium'),
        ...(seed !== undefined && { seed }),
        ...(startPaused !== undefined && { startPaused }),
      },
    },
    parts,
  );

const LLM_SCRIPT = fileURLToPath(import.meta.resolve('#local/roles/llm-sandbox.ts'));

/** Starts the stand-in for a language model; after a crash it goes on at its address. */
export const startModelStandIn = (
  { env }: Pick<SandboxesOptions, 'env'>,
  parts: Parts,
): Promise<Supervised<RoleReady>> =>
  parts.startRole('llm', LLM_SCRIPT, (before) => ({
    env,
    args: [JSON.stringify(before === null ? {} : { port: portOf(before) })],
  }));

/** Whether a language model is to be asked and none is named. */
export const needsStandIn = (given: Environment): boolean => missingModel(readClassifier(given)) !== null;

/** The port of the address that a role reported. */
export const portOf = (ready: RoleReady): number => Number(new URL(String(ready['url'])).port);
