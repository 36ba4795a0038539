import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const WEB = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(WEB, 'dist');
/** What the built files depend on, from the project's folder. */
const SOURCES = [
  'web/src/**/*',
  'web/public/*',
  'web/index.html',
  'web/vite.config.ts',
  'web/build.ts',
  'package-lock.json',
];
/** Files that are served compressed where the browser takes it. */
const COMPRESSED = /\.(js|css|html|svg)$/;

/**
 * `node web/build.ts`: builds the web interface into `web/dist`, which is replaced once the build is whole. With
 * `--if-stale` nothing is done where `web/dist` is newer than every source.
 */
async function main(): Promise<void> {
  if (process.argv.includes('--if-stale') && !isStale()) return;
  const startedAt = performance.now();
  // Loaded only where there is something to build.
  const { build } = await import('vite');
  const fresh = join(WEB, `dist-${process.pid}`);
  try {
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    });
    compress(fresh);
    rmSync(DIST, { recursive: true, force: true });
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  console.log(`built the web interface in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function isStale(): boolean {
  const page = join(DIST, 'index.html');
  if (!existsSync(page)) return true;
  const builtAt = statSync(page).mtimeMs;
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  return files.some((file) => statSync(join(ROOT, file)).mtimeMs > builtAt);
}

/** Writes a compressed copy beside each file that shrinks. */
function compress(folder: string): void {
  for (const file of globSync('**/*', { cwd: folder })) {
    if (!COMPRESSED.test(file)) continue;
    const whole = readFileSync(join(folder, file));
    const small = brotliCompressSync(whole, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    });
    if (small.length < whole.length) writeFileSync(join(folder, `${file}.br`), small);
  }
}

try {
  await main();
} catch (error) {
  const where = relative(process.cwd(), WEB) || '.';
  console.error(`${where} was not built: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
