import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { readGivenBarriers } from '#domain/given-barriers.ts';
import { SIDES, type Side } from '#domain/ids.ts';
import { amount, isDecimalString, type DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { parseLine } from '#sources/file/parse-line.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';
import type { RunInput } from '../result.ts';
import { parseSizeModel } from '../settings/size-model.ts';
import type { CallLine, PostLine, SignalLine } from './posts.ts';

/** A line longer than this is no post. */
const MAX_LINE_LENGTH = 1_000_000;
/** Posts are kept in memory while a run lasts. */
const MAX_POSTS = 2_000_000;

export interface ReadCalls {
  lines: CallLine[];
  input: RunInput;
}

/**
 * Reads posts (`{author, text, postedAt}`, as file sources do) and signals (`{instrument, side, postedAt}`) from a file
 * of one JSON object a line. Throws {@link InputError} with file, line and field at the first that cannot be used.
 */
export async function readCalls(file: string): Promise<ReadCalls> {
  const hash = createHash('sha256');
  const lines: CallLine[] = [];
  let [number, bytes] = [0, 0];
  try {
    for await (const text of createInterface({
      input: createReadStream(file, 'utf8'),
      crlfDelay: Infinity,
    })) {
      number += 1;
      bytes += Buffer.byteLength(text) + 1;
      hash.update(text).update('\n');
      if (text.trim() !== '') lines.push(readLine({ file, line: number }, text.replace(/^\uFEFF/u, '')));
      if (lines.length > MAX_POSTS)
        throw new InputError(file, number, null, `holds more than ${MAX_POSTS} posts`);
    }
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(file, null, null, fileProblem(error));
  }
  if (lines.length === 0) throw new InputError(file, 1, null, 'holds no posts');
  const input: RunInput = {
    kind: 'signals',
    name: basename(file),
    sha256: hash.digest('hex'),
    rows: lines.length,
    bytes,
  };
  return { lines: lines.toSorted((one, other) => one.postedAt - other.postedAt), input };
}

interface Place {
  file: string;
  line: number;
}

type Fields = Readonly<Record<string, unknown>>;

function readLine(place: Place, text: string): CallLine {
  if (text.length > MAX_LINE_LENGTH) throw problem(place, null, 'is too long');
  const fields = fieldsOf(place, text);
  const isSignal = fields['text'] === undefined && (fields['instrument'] ?? fields['symbol']) !== undefined;
  return isSignal ? readSignal(place, fields) : readPost(place, fields, text);
}

function fieldsOf(place: Place, text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem(place, null, 'is not JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw problem(place, null, 'is not a JSON object');
}

function readPost(place: Place, fields: Fields, text: string): PostLine {
  if (fields['postedAt'] === undefined)
    throw problem(place, 'postedAt', 'is missing: a post without a time cannot be tested');
  const parsed = parseLine(text, place.line);
  if (!parsed.ok) {
    const [, field = null, rest = parsed.problem] = /^(\w+): (.*)$/su.exec(parsed.problem) ?? [];
    throw problem(place, field, rest);
  }
  const { externalId, author, text: words, postedAt } = parsed.message;
  return {
    kind: 'post',
    id: externalId,
    line: place.line,
    author,
    text: words,
    postedAt,
    editedAt: fields['edited'] === true ? postedAt : readTime(place, fields, 'editedAt'),
    deletedAt: fields['deleted'] === true ? postedAt : readTime(place, fields, 'deletedAt'),
  };
}

function readSignal(place: Place, fields: Fields): SignalLine {
  const postedAt = readTime(place, fields, 'postedAt') ?? readTime(place, fields, 'at');
  if (postedAt === null)
    throw problem(place, 'postedAt', 'is missing: a signal without a time cannot be tested');
  const { id, author } = fields;
  return {
    kind: 'signal',
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : `line-${place.line}`,
    line: place.line,
    author: typeof author === 'string' ? author : null,
    postedAt,
    instrument: readInstrument(place, fields),
    side: readSide(place, fields),
    confidence: readNumber(place, fields, 'confidence', [0, 1]) ?? 1,
    entry: readPrice(place, fields),
    barriers: readBarriers(place, fields),
    leverage: readNumber(place, fields, 'leverage', [1, 200]),
    sizeModel: readSizeModel(place, fields),
  };
}

function readTime(place: Place, fields: Fields, name: string): number | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  const ms =
    typeof value === 'number' || (typeof value === 'string' && /(?:Z|[+-]\d\d:?\d\d)$/u.test(value))
      ? new Date(value).getTime()
      : NaN;
  if (ms >= 100_000_000_000 && ms < Date.UTC(9999, 0)) return ms;
  throw problem(place, name, 'must be an ISO 8601 time with its zone, or epoch milliseconds');
}

function readInstrument(place: Place, fields: Fields): string {
  const value = fields['instrument'] ?? fields['symbol'];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw problem(place, 'instrument', 'must be a symbol, such as "BTC"');
}

function readSide(place: Place, fields: Fields): Side {
  const side = SIDES.find((each) => each === fields['side']);
  if (side !== undefined) return side;
  throw problem(place, 'side', 'must be long or short');
}

function readNumber(
  place: Place,
  fields: Fields,
  name: string,
  [least, most]: [number, number],
): number | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw problem(place, name, `must be a number from ${least} to ${most}`);
}

function readPrice(place: Place, fields: Fields): DecimalString | null {
  const value = fields['referencePrice'] ?? fields['entry'];
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && isDecimalString(text) && amount(text).gt(0)) return text;
  throw problem(place, 'referencePrice', 'must be a positive price, such as "47500"');
}

function readBarriers(place: Place, fields: Fields): SignalLine['barriers'] {
  const read = readGivenBarriers(fields['barriers'] ?? {});
  if (read.ok) return read.barriers;
  const [first] = read.problems;
  throw problem(
    place,
    ['barriers', first?.field].filter(Boolean).join('.'),
    first?.message ?? 'cannot be read',
  );
}

function readSizeModel(place: Place, fields: Fields): SizeModel | null {
  if (fields['sizeModel'] === undefined || fields['sizeModel'] === null) return null;
  const read = parseSizeModel(fields['sizeModel']);
  if (typeof read === 'object') return read;
  throw problem(place, 'sizeModel', read);
}

const problem = ({ file, line }: Place, field: string | null, text: string): InputError =>
  new InputError(file, line, field, text);
