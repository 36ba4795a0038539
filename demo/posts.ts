import { readFile } from 'node:fs/promises';
import { parseLine } from '#sources/file/parse-line.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';

/** One line of a posts file, ready to be published again. */
export interface DemoPost {
  /** Null for a line that is no post: it is passed on as it is, and skipped with its reason further on. */
  author: string | null;
  /** The author's own id for it; the second post with one is passed over further on. */
  id: string | null;
  /** When to publish it, after the start. */
  dueMs: number;
  /** Line in the file it comes from. */
  line: number;
  /** The line as the source is to read it, as if posted at `now`. */
  write(now: number): string;
}

/** Between two posts that do not say when they were made. */
const DEFAULT_GAP_MS = 1_000;
const MIN_GAP_MS = 100;
/** Longer pauses between two posts are cut to this. */
const MAX_GAP_MS = 2_000;

/**
 * Reads posts, one JSON object a line: `{id?, author, text, postedAt?}`. Spaced as `postedAt` says, `speed` times
 * faster and two seconds apart at most; `afterMs` (after the start) goes before that. Throws {@link InputError} for a
 * file that cannot be opened or holds not one post; single lines that are none are kept for what they are.
 */
export async function readPosts(file: string, speed: number): Promise<DemoPost[]> {
  const lines = await readLines(file);
  if (lines.length === 0) throw new InputError(file, 1, null, 'holds no posts');
  const read = lines.map(({ text, line }) => ({ text, line, ...toPost(text) }));
  const [first] = read;
  if (first && read.every(({ post }) => post === null)) {
    throw new InputError(file, first.line, null, first.problem ?? 'is not a post');
  }
  let clock: Clock = { dueMs: 0, postedAt: null };
  return read.map(({ text, line, post }) => {
    clock = advance(clock, post, speed);
    const { dueMs } = clock;
    return {
      author: post?.author ?? null,
      id: post?.id ?? null,
      dueMs,
      line,
      write: (now) => (post === null ? text : JSON.stringify({ ...post.fields, postedAt: now })),
    };
  });
}

interface NumberedLine {
  text: string;
  line: number;
}

async function readLines(file: string): Promise<NumberedLine[]> {
  try {
    const text = await readFile(file, 'utf8');
    return text
      .replace(/^\uFEFF/u, '')
      .split(/\r?\n/u)
      .map((each, index) => ({ text: each.trim(), line: index + 1 }))
      .filter((each) => each.text !== '');
  } catch (error) {
    throw new InputError(file, null, null, fileProblem(error));
  }
}

interface Post {
  author: string;
  id: string | null;
  /** Null when the file does not say. */
  postedAt: number | null;
  afterMs: number | null;
  /** What the source reads, but for the time. */
  fields: Record<string, unknown>;
}

/** Judges a line as the source will; a missing time is no fault here. */
function toPost(text: string): { post: Post; problem: null } | { post: null; problem: string } {
  const given = parseObject(text);
  if (given === null) return { post: null, problem: 'is not a JSON object' };
  const { afterMs, postedAt, ...fields } = given;
  const parsed = parseLine(JSON.stringify({ ...fields, postedAt: postedAt ?? Date.now() }), 0);
  if (!parsed.ok) return { post: null, problem: parsed.problem };
  const post = {
    author: parsed.message.author,
    id: fields['id'] === undefined ? null : parsed.message.externalId,
    postedAt: postedAt === undefined ? null : parsed.message.postedAt,
    afterMs: typeof afterMs === 'number' && afterMs >= 0 ? afterMs : null,
    fields,
  };
  return { post, problem: null };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

interface Clock {
  dueMs: number;
  postedAt: number | null;
}

function advance(clock: Clock, post: Post | null, speed: number): Clock {
  const { postedAt = null, afterMs = null } = post ?? {};
  const next = postedAt ?? clock.postedAt;
  if (afterMs !== null) return { dueMs: Math.max(clock.dueMs, afterMs), postedAt: next };
  const gapMs =
    postedAt === null || clock.postedAt === null ? DEFAULT_GAP_MS : (postedAt - clock.postedAt) / speed;
  return { dueMs: clock.dueMs + Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, gapMs)), postedAt: next };
}
