// Records the histories that replay.test.ts replays: `node tests/replay/record.ts`, about a minute. Every scenario
// runs on real services; whatever a workflow's code was then, it must still make the same decisions. Record anew
// only after a change that is meant to be incompatible, and say so in the change. For a workflow that is new, name its
// scenario (`node tests/replay/record.ts pipeline`): histories that are missing are added, and none is changed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEST_MASTER_KEY } from '#tests/support/api.ts';
import { startTradingSystem, type TradingSystem } from '#tests/support/trading-system.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';
import { HISTORIES, toPlain } from './histories.ts';
import { readable } from './readable.ts';
import { SCENARIOS, type Recorded } from './scenarios.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OXFMT = join(ROOT, 'node_modules', '.bin', 'oxfmt');

const named = process.argv.slice(2);
// The first scenario starts the worker that every other one needs.
const scenarios = SCENARIOS.filter(({ name }, at) => at === 0 || named.length === 0 || named.includes(name));
const pathOf = (file: string) => join(HISTORIES, `${file}.json`);

const system = await startTradingSystem();
try {
  const recorded: Recorded[] = [];
  for (const scenario of scenarios) {
    console.log(scenario.name);
    recorded.push(...(await scenario(system)));
  }
  const files = await Promise.all(recorded.map(async (each) => ({ ...each, text: await exported(each) })));
  await refuseKeys(files.map(({ text }) => text));
  mkdirSync(HISTORIES, { recursive: true });
  if (named.length === 0) for (const old of readdirSync(HISTORIES)) rmSync(join(HISTORIES, old));
  const missing = files.filter(({ file }) => !existsSync(pathOf(file)));
  for (const { file, text } of missing) writeFileSync(pathOf(file), `${text}\n`);
  execFileSync(OXFMT, [HISTORIES], { cwd: ROOT });
  console.log(`${missing.length} histories in ${HISTORIES}`);
} finally {
  await system.stop();
}
// The services' hosts end with this process; their handles would keep it.
process.exit();

/** A history as JSON, without the folder that this machine keeps the project in. */
async function exported({ workflowId, runId }: Recorded): Promise<string> {
  const history = await system.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  return JSON.stringify(toPlain(history), null, 2).replaceAll(ROOT, '');
}

/** Nothing is written that holds a key that signed, or the key that seals those. */
async function refuseKeys(texts: readonly string[]): Promise<void> {
  const keys = [TEST_MASTER_KEY.key.toString('hex'), ...(await tradingKeys(system))];
  if (keys.length < 2) throw new Error('no trading keys to look for');
  const haystack = texts
    .map((text) => readable(JSON.parse(text)))
    .join('\n')
    .toLowerCase();
  const found = keys.filter((key) => haystack.includes(key.replace(/^0x/, '').toLowerCase()));
  if (found.length > 0) throw new Error(`${found.length} keys are in the histories`);
}

async function tradingKeys({ db }: TradingSystem): Promise<string[]> {
  const rows = await db.tradingKey.findMany();
  return rows.map(
    (row) => openSealedKey([TEST_MASTER_KEY], { ...row, sealed: Uint8Array.from(row.sealed) }).privateKey,
  );
}
