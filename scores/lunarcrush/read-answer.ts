import { z } from 'zod';
import { SocialScoresError, type SocialCoin, type SocialReading } from '../social-scores.ts';

/** A finite number; null where it is missing, null or something else. */
const figure = z
  .unknown()
  .optional()
  .transform((value) => (Number.isFinite(value) ? Number(value) : null));

const row = z.object({
  id: z.number().int().positive(),
  symbol: z.string(),
  price: figure,
  market_cap_rank: figure,
  sentiment: figure,
  galaxy_score: figure,
  alt_rank: figure,
});

const answer = z.object({
  config: z.object({ generated: z.number().positive(), total_rows: figure }),
  data: z.array(z.unknown()),
});

/** Where a refusal stands in the answer. Both are seen, also with status 200. */
const complaint = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string(), data: z.undefined() }).transform(({ message }) => message),
]);

const SECOND_MS = 1_000;
const NOT_FOUND = 404;
const RATE_LIMITED = 429;
/** The key, or the plan that it belongs to, does not allow the request. */
const FORBIDDEN: readonly number[] = [401, 402, 403];

/** Reads an answer to the list of coins. Rows of another form are left out. Throws `SocialScoresError`. */
export function readAnswer(status: number, retryAfter: string | null, body: string): SocialReading {
  const json = parseJson(body);
  const said = complaint.safeParse(json);
  if (status !== 200 || said.success) throw refusalOf(status, retryAfter, said.data ?? `status ${status}`);
  const read = answer.safeParse(json);
  if (!read.success)
    throw new SocialScoresError('unreadable', 'its answer has another form', { cause: read.error });
  const { config, data } = read.data;
  const coins = data.flatMap((each) => row.safeParse(each).data ?? []);
  return {
    generatedAt: config.generated * SECOND_MS,
    coins: coins.map((each) => toCoin(each, config.total_rows)),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function refusalOf(status: number, retryAfter: string | null, said: string): SocialScoresError {
  const text = `it refuses: ${said.slice(0, 200)}`;
  if (status === RATE_LIMITED || /rate limit/i.test(said))
    return new SocialScoresError('rate_limited', text, { retryAfterMs: msOf(retryAfter) });
  const isFatal = FORBIDDEN.includes(status) || status === NOT_FOUND || /subscription|api key/i.test(said);
  return new SocialScoresError(isFatal ? 'not_allowed' : 'unavailable', text, {
    verdict: isFatal ? 'fatal' : 'retry',
  });
}

/** Seconds, as services write `Retry-After`; a date is not read. */
const msOf = (retryAfter: string | null): number | null =>
  retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * SECOND_MS : null;

const toCoin = (coin: z.output<typeof row>, coins: number | null): SocialCoin => ({
  id: coin.id,
  symbol: coin.symbol,
  price: coin.price,
  capRank: coin.market_cap_rank,
  facts: { sentiment: coin.sentiment, galaxyScore: coin.galaxy_score, altRank: coin.alt_rank, coins },
});
