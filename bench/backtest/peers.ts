import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Another engine, as a package for Python and a script that runs the task on it. */
export interface Peer {
  name: string;
  version: string;
  package: string;
  script: string;
  /** Arguments of the script after the file of candles and the distance of signals. */
  args: readonly string[];
}

export const PEERS: readonly Peer[] = [
  {
    name: 'freqtrade',
    version: '2026.9',
    package: 'freqtrade==2026.9',
    script: 'freqtrade_run.py',
    args: ['one'],
  },
  {
    name: 'backtesting.py',
    version: '0.6.6',
    package: 'backtesting==0.6.6',
    script: 'backtesting_py_run.py',
    args: [],
  },
];

/** What a peer's script prints. */
export interface PeerTimes {
  loopSeconds: number;
  wallSeconds: number;
  rssMiB: number;
  trades: number | readonly unknown[];
}

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/signalman/', import.meta.url));
const INSTALL_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 256_000_000;

/** Runs a peer in an environment of its own, which is made at the first time, and returns what it measured. */
export async function runPeer(peer: Peer, args: readonly string[]): Promise<PeerTimes> {
  const python = await pythonWith(peer);
  const script = fileURLToPath(new URL(peer.script, import.meta.url));
  const options = { timeout: RUN_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  const { stdout } = await exec(python, [script, ...args], options);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function pythonWith(peer: Peer): Promise<string> {
  const folder = join(CACHE, `bench-${peer.name}-${peer.version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'ready'))) return python;
  await mkdir(CACHE, { recursive: true });
  await exec('python3', ['-m', 'venv', '--clear', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', peer.package];
  await exec(python, install, { timeout: INSTALL_TIMEOUT_MS });
  await mkdir(join(folder, 'ready'));
  return python;
}
