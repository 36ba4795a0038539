import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Changes } from '../exchange/changes.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { applyRecord, rebuild, recordOf, wholeState } from './records.ts';
import type { StateRecord } from './records.ts';
import { SandboxError } from '../../errors.ts';

/** The file is rewritten from the present state after it has grown by this many bytes. */
const COMPACT_AFTER_BYTES = 32_000_000;
const FEED_POSITION_EVERY_MS = 200;
/** An empty file whose end is where every write goes. */
const APPEND_ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** A state file that cannot be read. The message names the file and the line. */
export class StateFileError extends SandboxError {
  override readonly name = 'StateFileError';
  readonly code = 'STATE_FILE_INVALID';
}

/**
 * Keeps the state of the exchange in one append-only file. Each commit is written before the answer to its action is
 * sent, so it survives a `kill -9` of this process. It is not forced to disk, so a power cut can lose it.
 */
export class StateFile {
  readonly #path: string;
  readonly #exchange: Exchange;
  #file: number;
  #size = 0;
  #grown = 0;
  /** A commit could not be written: the whole state is written with the next one. */
  #isBehind = false;
  #feedWrittenAt = 0;

  private constructor(path: string, exchange: Exchange) {
    this.#path = path;
    this.#exchange = exchange;
    this.#file = this.#rewrite(undefined);
  }

  /** Restores the state in the file at `path` and returns the feed position, undefined without a file. Throws StateFileError. */
  static load(path: string, exchange: Exchange): unknown {
    if (!existsSync(path)) return undefined;
    let feed: unknown;
    for (const record of readRecords(path)) {
      applyRecord(exchange, record);
      feed = record.feed ?? feed;
    }
    rebuild(exchange);
    return feed;
  }

  /** Starts to write every commit to the file at `path`. `feedPosition` returns the position of the price feed. */
  static record(path: string, exchange: Exchange, feedPosition: () => unknown): StateFile {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = new StateFile(path, exchange);
    exchange.onCommit((changes) => file.#append(changes, feedPosition));
    return file;
  }

  close(): void {
    closeSync(this.#file);
  }

  #append(changes: Changes, feedPosition: () => unknown): void {
    const record = recordOf(this.#exchange, changes);
    if (!record) return;
    const now = Date.now();
    const isFeedDue = changes.ticks.length > 0 && now - this.#feedWrittenAt >= FEED_POSITION_EVERY_MS;
    if (isFeedDue) this.#feedWrittenAt = now;
    if (!this.#isBehind) this.#write(isFeedDue ? { ...record, feed: feedPosition() } : record);
    if (!this.#isBehind && this.#grown < COMPACT_AFTER_BYTES) return;
    const before = this.#file;
    this.#file = this.#rewrite(feedPosition());
    closeSync(before);
    this.#isBehind = false;
  }

  /** Throws where the disk does not take the whole line; none of it is in the file then. */
  #write(record: StateRecord): void {
    try {
      const bytes = writeLine(this.#file, record);
      this.#size += bytes;
      this.#grown += bytes;
    } catch (error) {
      this.#isBehind = true;
      ftruncateSync(this.#file, this.#size);
      throw error;
    }
  }

  /** Writes the whole state to a second file and renames it over the first. Returns the descriptor of the new file. */
  #rewrite(feed: unknown): number {
    const next = `${this.#path}.next`;
    const file = openSync(next, APPEND_ANEW, 0o600);
    let size = 0;
    try {
      for (const record of wholeState(this.#exchange, feed)) size += writeLine(file, record);
      renameSync(next, this.#path);
    } catch (error) {
      ftruncateSync(file, 0);
      closeSync(file);
      throw error;
    }
    this.#size = size;
    this.#grown = 0;
    return file;
  }
}

/** Writes a record as a line and returns its bytes. A full disk may take a part of it and throws for the rest. */
function writeLine(file: number, record: StateRecord): number {
  const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}

/** Returns the records of all complete lines. A last line without its end, cut off by a crash, is left out. */
function readRecords(path: string): StateRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line, i) => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new StateFileError(`${path}:${i + 1}: not a state record`, { cause: error });
    }
  });
}
