import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Rpc } from './rpc.ts';
import { SandboxError } from '../../errors.ts';

/** anvil, Foundry's local Ethereum node, as a child of this process. */
export interface Anvil {
  readonly url: string;
  readonly wsUrl: string;
  readonly rpc: Rpc;
  readonly pid: number;
  /** Resolves when the node has ended for any reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface AnvilOptions {
  readonly chainId: number;
  /** File that the chain is loaded from and saved to. */
  readonly stateFile?: string;
}

/** The node is not installed, or ended before it listened, or did not listen in time. */
export class AnvilError extends SandboxError {
  override readonly name = 'AnvilError';
  readonly code = 'ANVIL_FAILED';
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
/** Base fee of the chain. Ostium's own client offers at most 0.5 gwei, less than the node's default. */
const BASE_FEE_WEI = 100_000_000;
const STATE_INTERVAL_S = 2;
/** Blocks whose state the node keeps, so that they can be read and reorganised. */
const KEPT_STATES = 500;

/**
 * Shell script that runs the node and ends it when its own standard input closes. The input closes however this process
 * ends, even by a `kill -9`. The node alone would keep running, because it does not read its input.
 */
const GUARD = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & node=$!',
  '{ cat <&3 >/dev/null; kill -TERM $node; } 2>/dev/null &',
  'exec 3<&-',
  'wait $node',
].join('\n');

/** Starts a node with one block per transaction. Rejects with {@link AnvilError}. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const child = spawn('sh', ['-c', GUARD, 'anvil', anvilBinary(), ...argumentsFor(options)], {
    // In a session of its own the node does not receive Ctrl-C, so this process can stop it last.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const address = await listeningAddress(child, exited);
  return {
    url: `http://${address}`,
    wsUrl: `ws://${address}`,
    rpc: new Rpc(`http://${address}`),
    pid: child.pid ?? 0,
    exited,
    stop: () => stop(child, exited),
  };
}

/** Returns the path of the anvil program. npm's wrapper is not used, because it would outlive its parent. */
function anvilBinary(): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'win32' : process.platform;
  const name = `@foundry-rs/anvil-${platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  try {
    const wrapper = createRequire(require.resolve('@foundry-rs/anvil/package.json'));
    return join(dirname(wrapper.resolve(`${name}/package.json`)), 'bin', 'anvil');
  } catch (cause) {
    throw new AnvilError(`${name} is not installed: run npm install on this platform`, { cause });
  }
}

function argumentsFor({ chainId, stateFile }: AnvilOptions): string[] {
  const options = {
    host: '127.0.0.1',
    port: '0',
    'chain-id': chainId,
    'block-base-fee-per-gas': BASE_FEE_WEI,
    'gas-limit': 1_000_000_000,
    accounts: 10,
    balance: 1_000,
    // Without these options the node writes the state of every block into the user's home, gigabytes in an hour.
    'prune-history': KEPT_STATES,
    'cache-path': join(tmpdir(), 'signalman-anvil'),
    ...(stateFile !== undefined && { state: stateFile, 'state-interval': STATE_INTERVAL_S }),
  };
  const pairs = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [...pairs, '--disable-code-size-limit', '--disable-min-priority-fee'];
}

async function listeningAddress(child: ChildProcess, exited: Promise<void>): Promise<string> {
  const lines: string[] = [];
  const found = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      const [, address] = /^Listening on (\S+)$/.exec(line) ?? [];
      if (address !== undefined) found.resolve(address);
      if (lines.length < 100) lines.push(line);
    });
  }
  const timer = setTimeout(
    () => found.reject(new AnvilError('anvil did not listen in time')),
    START_TIMEOUT_MS,
  );
  void exited.then(() =>
    found.reject(new AnvilError(`anvil ended while starting: ${lines.slice(-5).join(' | ')}`)),
  );
  try {
    return await found.promise;
  } catch (error) {
    child.stdin?.end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => killSession(child), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function killSession(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The node has already ended.
  }
}
