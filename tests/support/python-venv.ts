import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/signalman/', import.meta.url));
const INSTALL_TIMEOUT_MS = 280_000;
const MAX_OUTPUT_BYTES = 16_000_000;

/** Time limit of a test, in ms: its first run may install packages for minutes. */
export const PYTHON_TIMEOUT_MS = 300_000;

/**
 * An interpreter with these packages (`name==version`), in a virtual environment that is made once and kept. Where
 * it cannot be made the test is skipped and says why; with CI=true it fails.
 */
export async function pythonWith(context: TestContext, ...packages: readonly string[]): Promise<string> {
  try {
    const { stdout: version } = await run('python3', ['--version']);
    const key = createHash('sha256')
      .update([version, ...packages].join(' '))
      .digest('hex')
      .slice(0, 16);
    const folder = join(CACHE, `python-${key}`);
    if (!existsSync(folder)) await makeVenv(folder, packages);
    return join(folder, 'bin', 'python');
  } catch (error) {
    const reason = `no Python with ${packages.join(', ')}: ${error instanceof Error ? error.message : String(error)}`;
    if (process.env['CI'] === 'true') throw new Error(reason, { cause: error });
    process.stderr.write(`${reason}\n`);
    return context.skip(reason);
  }
}

/** Makes the environment under another name and renames it, so that two runs at once never use an incomplete one. */
async function makeVenv(folder: string, packages: readonly string[]): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', draft]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  await run(join(draft, 'bin', 'python'), install, { timeout: INSTALL_TIMEOUT_MS });
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
}

/**
 * Runs a client program with `input` as JSON in its first argument; returns the JSON on its last line of output.
 * Rejects with all of its output when it fails.
 */
export async function runPythonClient(interpreter: string, file: string, input: object): Promise<unknown> {
  const path = fileURLToPath(new URL(`../clients/${file}`, import.meta.url));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run(interpreter, [path, JSON.stringify(input)], {
    env,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
