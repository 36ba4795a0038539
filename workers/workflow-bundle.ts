import { bundleWorkflowCode, type WorkflowBundlePath } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'signalman');
/** The bundle of the npm package, made when it was built. */
const BUILT = join(ROOT, 'workers', 'workflows.cjs');
/** Everything a workflow may be made of, and the versions it is bundled with. */
const SOURCES = [
  'workflows/**/*.ts',
  'domain/**/*.ts',
  'temporal/*.ts',
  'package-lock.json',
  'workers/workflow-bundle.ts',
];
/** Pure rules without state of their own: loaded once for all workflows instead of once for each. */
const SHARED = ['domain/trade.ts', 'domain/barriers.ts', 'domain/ids.ts', 'domain/parse-barriers.ts'];

/** Bundles every workflow; rejects when one reaches for something that workflows may not use. */
export async function bundleWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    preloadModules: SHARED.map((file) => join(ROOT, file)),
    logger: quiet,
  });
  return code;
}

/** The bundle for these very sources: read where it was made before, made otherwise. */
export async function loadWorkflowBundle(): Promise<WorkflowBundlePath> {
  if (existsSync(BUILT)) return { codePath: BUILT };
  const codePath = join(CACHE, `workflows-${fingerprint()}.cjs`);
  if (!existsSync(codePath)) writeWhole(codePath, await bundleWorkflows());
  return { codePath };
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) {
    hash.update(file).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Other processes may be reading or writing the same file. */
function writeWhole(path: string, text: string): void {
  mkdirSync(CACHE, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

const ignore = (): void => undefined;
const quiet = {
  log: ignore,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: console.warn,
  error: console.error,
};
