import { accessSync, constants, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { masterKeysOf, splitKeys } from '#config/key-lists.ts';
import { readMasterKeys } from '#config/master-key-files.ts';
import { masterKeyFile } from '#config/secret-files.ts';
import { LEAST_ROOM_BYTES, roomAt, roomText } from '#process/disk-room.ts';
import { parseMasterKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import type { LocalSystem } from '../find-api.ts';
import { broken, off, ok, reasonOf, type Finding } from './finding.ts';

const MIN_NODE_MAJOR = 24;

/** Checks the version of Node. */
export function checkNode(version: string): Finding {
  const major = Number(version.replace(/^v/, '').split('.')[0]);
  if (major >= MIN_NODE_MAJOR) return ok('node', version);
  return broken('node', `${version} is too old`, `run it through npm, which brings Node ${MIN_NODE_MAJOR}`);
}

/** Checks the folder of local state, and whether a system runs from it. */
export function checkStateDir({ stateDir, environment, run }: LocalSystem): Finding {
  const from = environment.SIGNALMAN_STATE_DIR === '.signalman' ? 'default' : 'SIGNALMAN_STATE_DIR';
  const path = resolve(stateDir);
  if (!existsSync(path)) return off('state folder', `${path} does not exist yet`, 'the first start makes it');
  try {
    accessSync(path, constants.W_OK);
  } catch {
    return broken(
      'state folder',
      `${path} may not be written`,
      'give it to the user that runs Signalman',
      from,
    );
  }
  const room = roomAt(path);
  if (room !== null && room < LEAST_ROOM_BYTES) {
    const left = `${path} is on a full disk: ${roomText(room)} are left`;
    return broken('state folder', left, `make room: ${roomText(LEAST_ROOM_BYTES)} at least`, from);
  }
  const free = room === null ? '' : `, ${roomText(room)} free`;
  const running = run ? `, in use by process ${run.supervisor.pid}` : ', nothing runs from it';
  return ok('state folder', `${path}${running}${free}`, from);
}

/** The keys that open trading keys; known by their ids only. */
export function findMasterKeys(system: LocalSystem): { finding: Finding; keys: MasterKey[] } {
  const { environment, stateDir } = system;
  const path = masterKeyFile(stateDir);
  try {
    const kept = readMasterKeys(stateDir, environment.SIGNALMAN_MASTER_KEY_ID);
    const isGiven = environment.SIGNALMAN_MASTER_KEY !== undefined;
    if (!isGiven && kept.current === null) {
      const remedy = `set SIGNALMAN_MASTER_KEY, or let the first start make ${path}`;
      return { finding: broken('master key', 'there is none', remedy), keys: [] };
    }
    const keys = isGiven
      ? masterKeysOf(environment, '')
      : [kept.current ?? [], ...kept.older, ...splitKeys(environment.SIGNALMAN_OLD_MASTER_KEYS ?? '')]
          .flat()
          .map(({ id, key }) => parseMasterKey(id, key));
    const from = isGiven ? 'SIGNALMAN_MASTER_KEY' : path;
    return { finding: ok('master key', `id ${keys.map(({ id }) => id).join(', older: ')}`, from), keys };
  } catch (error) {
    const remedy = 'put back 32 bytes as hex or base64; without it no trading key opens';
    return { finding: broken('master key', reasonOf(error), remedy, path), keys: [] };
  }
}
