import { Command, Option } from 'commander';
import { resealKeys } from '#activities/trading-keys/reseal-keys.ts';
import { forgetOlderKeys, readMasterKeys, replaceMasterKey, type KeptKey } from '#config/master-key-files.ts';
import { parseSourceKey, sourceKeyFrom } from '#config/key-lists.ts';
import type { Database } from '#prisma/client.ts';
import { countByMasterKey } from '#prisma/repositories/trading-keys.ts';
import { countSecretsSealedWith } from '#prisma/repositories/source-accounts.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../../cli-error.ts';
import { findMasterKeys } from '../../doctor/local.ts';
import { findSystem, type LocalSystem } from '../../find-api.ts';
import { withDatabase } from '../../open-records.ts';

interface Options {
  new?: boolean;
  forgetOld?: boolean;
  json?: boolean;
}

/** `signalman keys rotate-master`: seals every trading key with the present master key. */
export const rotateMasterCommand = (): Command =>
  new Command('rotate-master')
    .description(
      'seal every trading key anew with the present master key; may run beside workers, end at any point and be run again. Exit status 0 once none is sealed with an older one',
    )
    .addOption(
      new Option(
        '--new',
        'make a new master key in the state folder first; the system has to be stopped for that',
      ).conflicts('forgetOld'),
    )
    .option(
      '--forget-old',
      'remove older master keys from the state folder, once nothing is sealed with them',
    )
    .option('--json', 'print JSON')
    .action(run);

async function run(options: Options): Promise<void> {
  const system = findSystem(process.env);
  const out = createOutput(process.stdout, process.env);
  if (options.new) return makeNew(system, out, options);
  const [current, ...older] = findMasterKeys(system).keys;
  if (!current) throw new CliError('there is no master key; see: signalman doctor');
  const result = await withDatabase(system, async (db) => {
    const { resealed, unreadable } = await resealKeys(db, [current, ...older]);
    return { resealed, unreadable, sealedWith: Object.fromEntries(await countByMasterKey(db)) };
  });
  const others = Object.keys(result.sealedWith).filter((id) => id !== current.id);
  if (others.length > 0) process.exitCode = 1;
  if (options.json) out.json({ masterKey: current.id, ...result });
  else describe(out, current.id, result);
  if (options.forgetOld && others.length === 0) await forgetOld(system, out, options);
}

type Output = ReturnType<typeof createOutput>;

/** The running processes do not know a key that is made now, so that the system has to be started with it first. */
function makeNew(system: LocalSystem, out: Output, { json }: Options): void {
  const { environment, stateDir, run: running, start } = system;
  if (environment.SIGNALMAN_MASTER_KEY !== undefined)
    throw new CliError(
      'the master key is given by SIGNALMAN_MASTER_KEY: make one with `openssl rand -hex 32`, start every process with it under another SIGNALMAN_MASTER_KEY_ID and the old one in SIGNALMAN_OLD_MASTER_KEYS=id:key, then run this without --new',
      2,
    );
  if (running ?? start)
    throw new CliError('stop the system first: what runs now could open nothing that the new key seals');
  if (readMasterKeys(stateDir, environment.SIGNALMAN_MASTER_KEY_ID).current === null)
    throw new CliError(`${stateDir} keeps no master key yet`);
  const made = replaceMasterKey(stateDir, environment.SIGNALMAN_MASTER_KEY_ID, new Date());
  if (json) return out.json(made);
  out.line(`master key ${made.to} seals from the next start on, and ${made.from} still opens`);
  out.line('start the system, then run: signalman keys rotate-master');
}

interface Rotation {
  resealed: number;
  unreadable: string[];
  sealedWith: Record<string, number>;
}

function describe(out: Output, currentId: string, { resealed, unreadable, sealedWith }: Rotation): void {
  out.line(`${resealed} trading keys were sealed anew with master key ${currentId}`);
  for (const [id, count] of Object.entries(sealedWith)) out.line(`sealed with ${id}: ${count}`);
  for (const why of unreadable) out.line(out.colors.red(why));
}

async function forgetOld(system: LocalSystem, out: Output, { json }: Options): Promise<void> {
  const { older } = readMasterKeys(system.stateDir, system.environment.SIGNALMAN_MASTER_KEY_ID);
  const left = await withDatabase(system, (db) => secretsLeft(db, older));
  if (left > 0)
    throw new CliError(
      `${left} secrets of sources and channels are sealed with a key of an older master key: give them anew first`,
    );
  forgetOlderKeys(system.stateDir);
  if (!json)
    out.line(`${older.length} older master keys are forgotten; the system has to be started anew some time`);
}

/** Counts secrets of sources and channels that are sealed with keys which come from these master keys. */
async function secretsLeft(db: Database, older: readonly KeptKey[]): Promise<number> {
  const ids = older.map(({ key }) => parseSourceKey(sourceKeyFrom(key)).id);
  return countSecretsSealedWith(db, ids);
}
