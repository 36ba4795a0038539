#!/usr/bin/env node
// The `signalman` command. The sources are TypeScript run as they are, which needs Node 24: when the caller's
// Node is older, the one that npm installed beside the other dependencies takes over. The npm package has no sources
// but what was built of them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/signalman.mjs', import.meta.url);
const hasSources = existsSync(new URL('main.ts', import.meta.url));
const isBuilt = existsSync(new URL('main.js', import.meta.url));

if (!hasSources && !isBuilt) {
  await import(built.href);
} else if (Number(process.versions.node.split('.')[0]) >= 24) {
  // A command is over in a moment: most of it would be compiling the sources again.
  const { COMPILE_CACHE } = await import('#process/compile-cache.ts');
  module.enableCompileCache(COMPILE_CACHE);
  await import('#cli/main.ts');
} else {
  const require = createRequire(import.meta.url);
  const node = join(dirname(require.resolve('node/package.json')), 'bin', 'node');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
}
