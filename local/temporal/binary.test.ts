import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findTemporalBinary,
  TEMPORAL_CLI_VERSION,
  TemporalUnavailableError,
  userCacheDir,
} from './binary.ts';
import { buildBinary, installArchive, releaseArchive } from './binary-install.ts';

let folder: string;
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-binary-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, body: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

const versionOf = (server: string): string => `echo "temporal version 1.0.0 (Server ${server}, UI 2.0.0)"`;
const cacheDir = (): string => join(folder, 'cache');
const pathOnly = (): NodeJS.ProcessEnv => ({ PATH: join(folder, 'bin') });

function find(cliPath?: string) {
  return findTemporalBinary({
    cliPath,
    cacheDir: cacheDir(),
    env: pathOnly(),
    log: (line) => log.push(line),
  });
}

test('a binary that the user names is used without looking further', async () => {
  program('bin/temporal', versionOf('1.40.0'));
  const file = program('mine/temporal', versionOf('1.29.1'));
  expect(await find(file)).toEqual({ file, source: 'given', serverVersion: '1.29.1' });
});

test('a named file that is not Temporal is an error that names it', async () => {
  const file = program('mine/temporal', 'echo hello');
  await expect(find(file)).rejects.toThrow(TemporalUnavailableError);
  await expect(find(file)).rejects.toThrow(file);
});

test('the PATH comes before the cache', async () => {
  program('bin/temporal', versionOf('1.28.0'));
  program(`cache/temporal-${TEMPORAL_CLI_VERSION}/temporal`, versionOf('1.29.1'));
  expect(await find()).toEqual({ file: 'temporal', source: 'path', serverVersion: '1.28.0' });
});

test('a server on the PATH that is too old is passed over, and that is said', async () => {
  program('bin/temporal', versionOf('1.22.3'));
  const file = program(`cache/temporal-${TEMPORAL_CLI_VERSION}/temporal`, versionOf('1.29.1'));
  expect(await find()).toEqual({ file, source: 'cache', serverVersion: '1.29.1' });
  expect(log[0]).toContain('temporal brings Temporal server 1.22.3, which is too old');
});

test('a build puts the binary in its place and leaves nothing else', async () => {
  program(
    'bin/go',
    `[ "$1" = version ] && echo go version go1.26 && exit\n/bin/cp "${folder}/built" "$GOBIN/temporal"`,
  );
  program('built', versionOf('1.29.1'));
  const target = join(folder, 'temporal');
  await buildBinary(target, TEMPORAL_CLI_VERSION, pathOnly(), (line) => log.push(line));
  expect(existsSync(target)).toBe(true);
  expect(log[0]).toContain('go version go1.26');
  expect(readdirSync(folder).toSorted()).toEqual(['bin', 'built', 'temporal']);
});

test('the cache follows the XDG convention', () => {
  expect(userCacheDir({}, '/home/user')).toBe('/home/user/.cache/signalman');
  expect(userCacheDir({ XDG_CACHE_HOME: '/var/cache/user' }, '/home/user')).toBe('/var/cache/user/signalman');
});

/** Serves one archive with a program `temporal` in it; returns its address and hash. */
async function serveArchive(): Promise<{ url: string; sha256: string; close(): void }> {
  program('release/temporal', versionOf('1.29.1'));
  const archive = execFileSync('tar', ['-cz', '-C', join(folder, 'release'), 'temporal']);
  const server = createServer((_request, response) => response.end(archive)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const sha256 = createHash('sha256').update(archive).digest('hex');
  return { url: `http://127.0.0.1:${port}/archive`, sha256, close: () => server.close() };
}

test('a downloaded archive is used only when it is the one it must be', async () => {
  const { url, sha256, close } = await serveArchive();
  const target = join(folder, 'installed', 'temporal');
  const other = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await expect(installArchive(target, { url, sha256: other })).rejects.toThrow(/SHA-256 .* instead of/);
  expect(existsSync(target)).toBe(false);
  expect(readdirSync(dirname(target))).toEqual([]);
  await installArchive(target, { url, sha256 });
  close();
  expect(execFileSync(target, ['--version'], { encoding: 'utf8' })).toContain('Server 1.29.1');
});

test('every platform that can be downloaded for has its hash, and no other is downloaded for', () => {
  for (const os of ['linux', 'darwin']) {
    for (const cpu of ['x64', 'arm64']) {
      expect(releaseArchive(TEMPORAL_CLI_VERSION, os, cpu)).toEqual({
        url: expect.stringMatching(/^https:/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
  }
  expect(releaseArchive(TEMPORAL_CLI_VERSION, 'freebsd', 'x64')).toBeNull();
  expect(releaseArchive('1.5.2', 'linux', 'x64')).toBeNull();
});
