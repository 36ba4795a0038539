import type { ServiceAnswer, ServiceRequest } from '../service/service.ts';
import type { Platform, Post } from './platform.ts';
import { invalidParameter, protectedError, userError } from './problems.ts';
import { renderIncludes, renderPost, renderUser, type Family } from './render.ts';

export interface ReadContext {
  readonly platform: Platform;
  /** Whose names for fields requests and answers use; `either` answers in the family that the request uses. */
  readonly family: Family | 'either';
}

const TIMELINE_PARAMETERS = [
  'max_results',
  'since_id',
  'until_id',
  'start_time',
  'end_time',
  'exclude',
  'pagination_token',
  'expansions',
  'user.fields',
  'media.fields',
] as const;

/** `GET /2/users/:id/tweets`. */
export function readTimeline(id: string, { url }: ServiceRequest, context: ReadContext): ServiceAnswer {
  const { platform } = context;
  const query = url.searchParams;
  const family = familyOf(context, query);
  const wrong = wrongParameter(query, [...TIMELINE_PARAMETERS, `${family}.fields`]);
  if (wrong) return { ...wrong, body: wrong.body };
  const account = platform.accounts.get(id);
  if (!account || account.isSuspended) return { status: 200, body: { errors: [userError('id', id)] } };
  if (account.isProtected) return { status: 200, body: { errors: [protectedError(id)] } };
  const { page, nextToken, previousToken } = cutPage(select(platform.timeline(id), query), query);
  const look = { family, fields: new Set((query.get(`${family}.fields`) ?? '').split(',')) };
  const { includes, errors } = renderIncludes(platform, page, look);
  const meta = {
    result_count: page.length,
    ...(page.length > 0 && { newest_id: page[0]?.id, oldest_id: page.at(-1)?.id }),
    ...(nextToken !== null && { next_token: nextToken }),
    ...(previousToken !== null && { previous_token: previousToken }),
  };
  if (page.length === 0) return { status: 200, body: { meta } };
  return {
    status: 200,
    body: {
      data: page.map((post) => renderPost(platform, post, look)),
      ...(query.has('expansions') && { includes }),
      ...(query.has('expansions') && errors.length > 0 && { errors }),
      meta,
    },
  };
}

const familyOf = ({ family }: ReadContext, query: URLSearchParams): Family => {
  if (family !== 'either') return family;
  return query.has('post.fields') ? 'post' : 'tweet';
};

function wrongParameter(query: URLSearchParams, allowed: readonly string[]) {
  const unknown = [...query.keys()].find((name) => !allowed.includes(name));
  if (unknown !== undefined) return invalidParameter(unknown, allowed);
  const size = Number(query.get('max_results') ?? 10);
  if (!(size >= 5 && size <= 100)) return invalidParameter('max_results', ['5..100']);
  const id = ['since_id', 'until_id'].find((name) => !/^\d{1,19}$/.test(query.get(name) ?? '1'));
  return id === undefined ? null : invalidParameter(id, ['^[0-9]{1,19}$']);
}

function select(posts: readonly Post[], query: URLSearchParams): Post[] {
  const since = BigInt(query.get('since_id') ?? 0);
  const until = query.has('until_id') ? BigInt(query.get('until_id') ?? 0) : null;
  const excluded = (query.get('exclude') ?? '').split(',');
  return posts.filter(({ id, reference }) => {
    if (BigInt(id) <= since || (until !== null && BigInt(id) >= until)) return false;
    if (excluded.includes('retweets') && reference?.type === 'retweeted') return false;
    return !(excluded.includes('replies') && reference?.type === 'replied_to');
  });
}

/** A token is the id of the last post before its page, so that posts published since do not shift the pages. */
function cutPage(posts: readonly Post[], query: URLSearchParams) {
  const size = Number(query.get('max_results') ?? 10);
  const token = query.get('pagination_token');
  const after = token === null ? null : BigInt(Buffer.from(token, 'base64url').toString('utf8'));
  const rest = posts.filter(({ id }) => after === null || BigInt(id) < after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    page,
    nextToken: last && rest.length > size ? Buffer.from(last.id).toString('base64url') : null,
    previousToken: token,
  };
}

/** `GET /2/users/by/username/:username` and `GET /2/users/:id`. */
export function readUser(by: 'username' | 'id', value: string, { platform }: ReadContext): ServiceAnswer {
  const account = by === 'id' ? platform.accounts.get(value) : platform.findByName(value);
  const body =
    account && !account.isSuspended ? { data: renderUser(account) } : { errors: [userError(by, value)] };
  return { status: 200, body };
}

/** `GET /2/users/by?usernames=`, up to 100 names. */
export function readUsers({ url }: ServiceRequest, { platform }: ReadContext): ServiceAnswer {
  const names = (url.searchParams.get('usernames') ?? '').split(',');
  const found = names.flatMap((name) => platform.findByName(name) ?? []);
  const missing = names.filter((name) => !platform.findByName(name));
  return {
    status: 200,
    body: {
      ...(found.length > 0 && { data: found.map(renderUser) }),
      ...(missing.length > 0 && { errors: missing.map((name) => userError('username', name)) }),
    },
  };
}
