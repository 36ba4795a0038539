import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, createWriteStream, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
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

/** A release archive, and the SHA-256 it must have, as hex. */
export interface ReleaseArchive {
  url: string;
  sha256: string;
}

/** Of the archives of release 1.5.1, as several package collections have recorded them (docs/operations.md). */
const SHA256: Record<string, string> = {
  '1.5.1_linux_amd64': 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  '1.5.1_linux_arm64': 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
  '1.5.1_darwin_amd64': 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  '1.5.1_darwin_arm64': 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
};

/** The release archive for a platform; null for a platform whose archive has no known hash. */
export function releaseArchive(version: string, os: string, cpu: string): ReleaseArchive | null {
  const name = `${version}_${os}_${cpu === 'x64' ? 'amd64' : cpu}`;
  const sha256 = SHA256[name];
  if (sha256 === undefined) return null;
  return { url: `https://${MODULE}/releases/download/v${version}/temporal_cli_${name}.tar.gz`, sha256 };
}

/**
 * Fetches the release archive of the command line for this machine and puts the binary at `target`. Throws where the
 * archive is not the one it must be. A machine without a way to the internet is noticed within seconds.
 */
export async function downloadBinary(
  target: string,
  version: string,
  log: (line: string) => void,
): Promise<void> {
  const archive = releaseArchive(version, platform, arch);
  if (!archive) throw new Error(`no SHA-256 is known for ${version} on ${platform} ${arch}`);
  log(`downloading the Temporal server from ${new URL(archive.url).host}`);
  await installArchive(target, archive);
}

/** Puts the binary of an archive at `target`. Throws, and runs and leaves nothing of it, when its hash is another. */
export async function installArchive(target: string, { url, sha256 }: ReleaseArchive): Promise<void> {
  await inDraftFolder(target, async (draft) => {
    const archive = join(draft, 'archive.tar.gz');
    await fetchTo(url, archive);
    const found = createHash('sha256').update(readFileSync(archive)).digest('hex');
    if (found !== sha256)
      throw new Error(`${url} has the SHA-256 ${found} instead of ${sha256}: it is not used`);
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
  const args = ['install', '-trimpath', `-ldflags=${linkerFlags}`, `${MODULE}/cmd/temporal@v${version}`];
  const options = {
    // The server's SQLite is written in Go: no C compiler is needed, and none is asked for.
    env: { ...env, GOBIN: folder, CGO_ENABLED: '0' },
    timeout: BUILD_WITHIN_MS,
    maxBuffer: 64 * 1024 * 1024,
  };
  await run('go', args, options).catch((cause: unknown) => {
    throw new Error(lastErrorOf(cause), { cause });
  });
}

/** The last thing that Go said beside its list of downloads. */
function lastErrorOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'));
  return lines.at(-1) ?? 'it was ended before it was done';
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
