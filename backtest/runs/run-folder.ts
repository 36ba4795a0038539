import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { writeWhole } from '../export/write-tables.ts';
import type { BacktestResult, RunIdentity } from '../result.ts';

/** A kept run as a list shows it. */
export interface KeptRun {
  run: RunIdentity;
  period: BacktestResult['period'];
  trades: number;
  netUsd: number;
  equityUsd: number;
}

/** Kept runs, each under its id: a small file for lists, and the whole result packed by gzip. */
export interface RunFolder {
  /**
   * Keeps a run. One with the id is replaced, and gives its name to one without; a name that another run has goes over
   * to this one.
   */
  save(result: BacktestResult): Promise<void>;
  /** Returns the kept runs, the newest first. */
  list(): Promise<KeptRun[]>;
  /** Returns the run of a name, an id, or the first characters of one; throws {@link RunNotFound} for none or many. */
  read(nameOrId: string): Promise<BacktestResult>;
  /** Removes a run that `read` would return. */
  remove(nameOrId: string): Promise<void>;
}

/** No run, or more than one, has the name or the id. */
export class RunNotFound extends Error {
  override name = 'InputError';
}

const HEAD = '.run.json';
const RESULT = '.result.json.gz';

/** Returns the runs that are kept in a folder, which is made by the first one. */
export function openRunFolder(folder: string): RunFolder {
  const at = (id: string, end: string): string => join(folder, `${id}${end}`);
  const list = async (): Promise<KeptRun[]> => {
    const names = (await readdir(folder).catch(noFolder)).filter((name) => name.endsWith(HEAD));
    const runs = await Promise.all(names.map((name) => readHead(join(folder, name))));
    return runs.flat().sort((a, b) => b.run.ranAt - a.run.ranAt);
  };
  const find = async (nameOrId: string): Promise<KeptRun> => pick(await list(), nameOrId);
  return {
    list,
    async save(result) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const kept = await list();
      const { id } = result.run;
      const name = result.run.name ?? kept.find(({ run }) => run.id === id)?.run.name ?? null;
      for (const other of kept.filter(({ run }) => run.id !== id && run.name !== null && run.name === name))
        await writeWhole(
          at(other.run.id, HEAD),
          JSON.stringify({ ...other, run: { ...other.run, name: null } }),
        );
      const run = { ...result.run, name };
      await writeWhole(at(id, RESULT), await promisify(gzip)(JSON.stringify({ ...result, run })));
      await writeWhole(at(id, HEAD), JSON.stringify(headOf({ ...result, run })));
    },
    async read(nameOrId) {
      const { run } = await find(nameOrId);
      const text = await promisify(gunzip)(await readFile(at(run.id, RESULT)));
      const result: BacktestResult = JSON.parse(text.toString());
      return { ...result, run };
    },
    async remove(nameOrId) {
      const { run } = await find(nameOrId);
      for (const end of [HEAD, RESULT]) await rm(at(run.id, end), { force: true });
    },
  };
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Returns a head, or nothing for a file that is none: a kept run never stands in the way of others. */
async function readHead(path: string): Promise<KeptRun[]> {
  try {
    const head: KeptRun = JSON.parse(await readFile(path, 'utf8'));
    return typeof head.run?.id === 'string' ? [head] : [];
  } catch {
    return [];
  }
}

function pick(runs: readonly KeptRun[], nameOrId: string): KeptRun {
  const named = runs.filter(({ run }) => run.name === nameOrId || run.id === nameOrId);
  const found =
    named.length > 0 ? named : runs.filter(({ run }) => nameOrId !== '' && run.id.startsWith(nameOrId));
  const [only, another] = found;
  if (!only) throw new RunNotFound(`no kept run is called "${nameOrId}"; signalman backtest runs shows them`);
  if (another) throw new RunNotFound(`more than one kept run begins with "${nameOrId}"`);
  return only;
}

const headOf = ({ run, period, trades, open, equity, capitalUsd }: BacktestResult): KeptRun => ({
  run,
  period,
  trades: trades.length,
  netUsd: [...trades, ...open].reduce((total, { netUsd }) => total + Number(netUsd), 0),
  equityUsd: equity.at(-1)?.equityUsd ?? Number(capitalUsd),
});
