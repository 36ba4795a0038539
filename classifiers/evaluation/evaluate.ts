import { normaliseSymbol } from '#domain/symbols.ts';
import type { ClassifiedCall, ClassifiedLine, LineLevel } from './classified-line.ts';
import type { LabelledCall, LabelledLine } from './labelled-message.ts';

/** A share with its 95 % interval (Wilson); null where nothing was counted. */
export interface Share {
  value: number | null;
  of: number;
  low: number | null;
  high: number | null;
}

/** How well a classifier read a set of labelled messages. */
export interface Evaluation {
  n: number;
  candidate: { precision: Share; recall: Share; f1: number | null };
  /** Shares of the calls that are calls by the label too. */
  side: Share;
  instruments: Share;
  entry: Share;
  stop: Share;
  targets: Share;
  /** Calls by their confidence in tenths: how many, and how many of them right in being one and in their side. */
  calibration: { from: number; n: number; right: number }[];
  /** How often which label was read as which kind. */
  confusion: { expected: 'call' | 'none'; read: string; n: number }[];
  /** Lines that were read wrong, the surest first. */
  worst: { id: string; wrong: string[]; confidence: number; text: string }[];
}

interface Pair {
  label: LabelledLine;
  read: ClassifiedLine;
}

const SHOWN_AS_WORST = 20;

/** Returns how well the readings fit their labels, given in the same order. */
export function evaluateLines(
  labels: readonly LabelledLine[],
  readings: readonly ClassifiedLine[],
): Evaluation {
  const pairs = labels.flatMap((label, index): Pair[] => {
    const read = readings[index];
    return read ? [{ label, read }] : [];
  });
  const read = pairs.filter(({ read: { candidate } }) => candidate);
  const labelled = pairs.filter(({ label: { candidate } }) => candidate);
  const both = read.filter(({ label: { candidate } }) => candidate);
  const precision = share(both.length, read.length);
  const recall = share(both.length, labelled.length);
  const right = (part: keyof typeof PARTS): Share =>
    share(both.filter((pair) => isRight(pair, part)).length, both.length);
  return {
    n: pairs.length,
    candidate: { precision, recall, f1: f1(precision.value, recall.value) },
    side: right('side'),
    instruments: right('instruments'),
    entry: right('entry'),
    stop: right('stop'),
    targets: right('targets'),
    calibration: calibrationOf(read),
    confusion: confusionOf(pairs),
    worst: pairs
      .map(({ label, read: each }) => ({
        id: label.id,
        wrong: wrongIn({ label, read: each }),
        confidence: each.confidence,
        text: label.text,
      }))
      .filter(({ wrong }) => wrong.length > 0)
      .toSorted((a, b) => b.confidence - a.confidence)
      .slice(0, SHOWN_AS_WORST),
  };
}

const f1 = (precision: number | null, recall: number | null): number | null =>
  precision === null || recall === null || precision + recall === 0
    ? null
    : (2 * precision * recall) / (precision + recall);

/** A share with the interval of Wilson (1927), which holds for small counts and near 0 and 1 too. */
function share(hits: number, of: number): Share {
  if (of === 0) return { value: null, of, low: null, high: null };
  const z = 1.959_964;
  const value = hits / of;
  const centre = (value + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  return { value, of, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Whether one part of a call was read as labelled. */
const PARTS = {
  side: (label: LabelledCall, read: ClassifiedCall) => (label.side ?? null) === read.side,
  instruments: (label: LabelledCall, read: ClassifiedCall) =>
    isSameSet((label.instruments ?? []).map(nameOf), read.instruments.map(nameOf)),
  entry: (label: LabelledCall, read: ClassifiedCall) => isEntryRight(label, read),
  stop: (label: LabelledCall, read: ClassifiedCall) => isSameLevel(label.stop ?? null, read.stop),
  targets: (label: LabelledCall, read: ClassifiedCall) => {
    const targets = label.targets ?? [];
    return (
      targets.length === read.targets.length &&
      targets.every((each) => read.targets.some((one) => isSameLevel(each, one)))
    );
  },
};

const PART_NAMES = ['side', 'instruments', 'entry', 'stop', 'targets'] as const;

function isRight({ label, read }: Pair, part: keyof typeof PARTS): boolean {
  const expected = label.ideas;
  if (!expected || expected.length < 2) return PARTS[part](label, read);
  const calls = read.ideas ?? [read];
  return expected.every((each) => {
    const call = calls.find(({ instruments }) =>
      isSameSet((each.instruments ?? []).map(nameOf), instruments.map(nameOf)),
    );
    return call !== undefined && PARTS[part](each, call);
  });
}

function isEntryRight({ entry, entryRange }: LabelledCall, read: ClassifiedCall): boolean {
  if (isSameLevel(entry ?? null, read.entry)) return true;
  if (!entryRange || read.entry === null) return false;
  const [one, other] = entryRange.map(Number);
  const price = Number(read.entry);
  return price >= Math.min(one ?? NaN, other ?? NaN) && price <= Math.max(one ?? NaN, other ?? NaN);
}

function isSameLevel(one: LineLevel | null, other: LineLevel | null): boolean {
  if (one === null || other === null) return one === other;
  if (typeof one === 'string' || typeof other === 'string')
    return typeof one === 'string' && typeof other === 'string' && isSameNumber(Number(one), Number(other));
  return isSameNumber(one.pct, other.pct);
}

const isSameNumber = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

/** One name for all ways of writing an instrument, whatever venue lists it and whether it is quoted by the thousand. */
function nameOf(written: string): string {
  const ruling = normaliseSymbol(written);
  const symbol = ruling.ok ? ruling.value : written.toUpperCase();
  return symbol
    .replace(/^[a-z]+:/u, '')
    .replace(/^k(?=[A-Z])/u, '')
    .replace(/^(DAX|FTSE|NIK|HSI)-[A-Z]{3}$/u, '$1');
}

function wrongIn(pair: Pair): string[] {
  const { label, read } = pair;
  if (label.candidate !== read.candidate) return [label.candidate ? `no call (${read.kind})` : 'a call'];
  if (!label.candidate) return [];
  return PART_NAMES.filter((part) => !isRight(pair, part));
}

function calibrationOf(read: readonly Pair[]): Evaluation['calibration'] {
  const tenths = Map.groupBy(read, ({ read: { confidence } }) =>
    Math.min(9, Math.floor(confidence * 10 + 1e-9)),
  );
  return [...tenths]
    .toSorted(([a], [b]) => a - b)
    .map(([tenth, pairs]) => ({
      from: tenth / 10,
      n: pairs.length,
      right: pairs.filter(
        (pair) => pair.label.candidate && isRight(pair, 'side') && isRight(pair, 'instruments'),
      ).length,
    }));
}

function confusionOf(pairs: readonly Pair[]): Evaluation['confusion'] {
  const cells = Map.groupBy(pairs, ({ label, read }) => `${label.candidate ? 'call' : 'none'}\t${read.kind}`);
  return [...cells].map(([key, { length }]) => {
    const [expected, read = ''] = key.split('\t');
    return { expected: expected === 'call' ? 'call' : 'none', read, n: length } as const;
  });
}
