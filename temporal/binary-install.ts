import { execFile } from 'node:child_process';
import { chmodSync, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const ANSWER_WITHIN_MS = 4_000;
const DOWNLOAD_WITHIN_MS = 5 * 60_000;
const BUILD_WITHIN_MS = 20 * 60_000;
const PROGRESS_EVERY_MS = 15_000;

const MODULE = 'github.com/temporalio/cli';
const run = promisify(execFile);

/**
 * Fetches the official release archive of the command line and puts the binary at `target`. A machine without a way
 * to the internet is noticed within seconds.
 */
export async function downloadBinary(
  target: string,
  version: string,
  log: (line: string) => void,
): Promise<void> {
  const cpu = arch === 'x64' ? 'amd64' : arch;
  const url = `https://temporal.download/cli/archive/v${version}?platform=${platform}&arch=${cpu}`;
  log(`downloading the Temporal server from ${new URL(url).host}`);
  await inDraftFolder(target, async (draft) => {
    const archive = join(draft, 'archive.tar.gz');
    await fetchTo(url, archive);
    await run('tar', ['-xzf', archive, '-C', draft], { timeout: 60_000 });
  });
}

/** Builds the command line with the Go toolchain on the PATH and puts the binary at `target`. */
export async function buildBinary(
  target: string,
  version: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const { stdout } = await run('go', ['version'], { env, timeout: 30_000 });
  log(`building the Temporal server with ${stdout.trim()}; this happens once and takes some minutes`);
  const startedAt = performance.now();
  const progress = setInterval(() => {
    log(`still building (${Math.round((performance.now() - startedAt) / 1000)} s)`);
  }, PROGRESS_EVERY_MS);
  try {
    await inDraftFolder(target, (draft) => goInstall(draft, version, env));
  } finally {
    clearInterval(progress);
  }
}

async function goInstall(folder: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  const linkerFlags = `-s -w -X ${MODULE}/temporalcli.Version=${version}`;
  await run('go', ['install', '-trimpath', `-ldflags=${linkerFlags}`, `${MODULE}/cmd/temporal@v${version}`], {
    // The server's SQLite is written in Go: no C compiler is needed, and none is asked for.
    env: { ...env, GOBIN: folder, CGO_ENABLED: '0' },
    timeout: BUILD_WITHIN_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Lets `fill` leave a program `temporal` in a folder of its own; it reaches its place only when complete. */
async function inDraftFolder(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${target}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    const binary = join(draft, 'temporal');
    chmodSync(binary, 0o755);
    renameSync(binary, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchTo(url: string, file: string): Promise<void> {
  const noAnswer = new AbortController();
  const timer = setTimeout(() => noAnswer.abort(new Error('no answer')), ANSWER_WITHIN_MS);
  const signal = AbortSignal.any([noAnswer.signal, AbortSignal.timeout(DOWNLOAD_WITHIN_MS)]);
  const response = await fetch(url, { signal }).finally(() => clearTimeout(timer));
  if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}
