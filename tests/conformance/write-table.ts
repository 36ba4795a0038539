// `node tests/conformance/write-table.ts`: runs the conformance suite and writes its table into docs/venues.md.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'integration', 'tests/integration/conformance-'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CONFORMANCE_TABLE: 'write' } },
);
process.exitCode = status ?? 1;
