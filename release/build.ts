// Builds what the npm package runs: `dist/` has every source without its types (Node strips none below
// `node_modules`), the generated client, the web interface, the bundle of the workflows, the compiled contracts of
// the sandbox and the files that are read beside the sources. `npm pack` runs this first.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compileContracts } from '#sandbox/ostium/chain/compile.ts';
import { bundleWorkflows } from '#workers/workflow-bundle.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** Files that the program reads beside its sources. */
const READ_FILES = [
  'cli/signalman.mjs',
  'classifiers/**/*.jsonl',
  'demo/posts.jsonl',
  'local/temporal/dynamicconfig/*',
  'prisma/schema.prisma',
  'prisma/migrations/**/*.{sql,toml}',
  'sandbox/ostium/contracts/*.sol',
  'web/dist/**/*.*',
];

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  type: z.literal('module'),
  imports: z.record(z.string(), z.string()),
});

rmSync(DIST, { recursive: true, force: true });
stripTypes();
runNode(join(ROOT, 'web/build.ts'), '--if-stale');
for (const file of globSync(READ_FILES, { cwd: ROOT })) put(file, readFileSync(join(ROOT, file)));
put('package.json', `${JSON.stringify(builtManifest(), null, 2)}\n`);
put('workers/workflows.cjs', await bundleWorkflows());
await compileContracts({ into: join(DIST, 'sandbox/ostium/contracts/') });

/** Writes a `.js` for every `.ts`; relative imports name the `.js`, those that begin with `#` are mapped. */
function stripTypes(): void {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  );
  runNode(compiler, '-p', join(ROOT, 'release'));
}

function runNode(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} ended with status ${status}`);
}

/** Returns the `package.json` of the built sources: `#domain/money.ts` is `domain/money.js` there. */
function builtManifest(): z.infer<typeof manifest> {
  const { imports, ...rest } = manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const built = Object.entries(imports).map(([from, to]) => [`${from}.ts`, `${to}.js`]);
  return { ...rest, imports: Object.fromEntries(built) };
}

function put(file: string, content: string | Buffer): void {
  const path = join(DIST, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
