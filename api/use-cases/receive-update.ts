import { storeHeard } from '#activities/intake/store-heard.ts';
import { isSameSecret } from '#process/is-same-secret.ts';
import { listListenedSources, type ListenedSource } from '#prisma/repositories/source-listening.ts';
import { parseJson } from '#process/parse-json.ts';
import { openSecret } from '#sources/secret.ts';
import { toDeliveries } from '#sources/telegram/deliveries.ts';
import { isTelegramSource, type TelegramSource } from '#sources/telegram/telegram-source.ts';
import { readUpdate } from '#sources/telegram/update.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';

type Deps = Pick<ApiDeps, 'db' | 'sources' | 'sourceKeys' | 'now' | 'logger'>;

export interface UpdateRequest {
  botId: string;
  /** What came in `X-Telegram-Bot-Api-Secret-Token`. */
  secret: string | undefined;
  body: Buffer;
}

const MAX_ACCOUNTS = 2_000;

/**
 * Stores an update that Telegram delivers to the webhook of a bot. One that says nothing of a channel is taken too,
 * because Telegram sends nothing else until it is. Throws `hook_refused` for a wrong secret.
 */
export async function receiveUpdate(deps: Deps, { botId, secret, body }: UpdateRequest): Promise<void> {
  const source = deps.sources.get('telegram');
  const accounts =
    source && isTelegramSource(source) ? await listAccounts(deps, source, { botId, secret }) : [];
  if (accounts.length === 0) throw new ProblemError('hook_refused', 'Refused: the secret is of no bot here.');
  const post = readUpdate(parseJson(body.toString('utf8')))?.post;
  for (const [sourceAccountId, delivery] of toDeliveries(accounts, post ? [post] : []))
    await storeHeard(deps.db, { sourceAccountId, now: deps.now() }, delivery);
}

/** Returns the accounts that are heard through the bot, once the secret is found to be its. */
async function listAccounts(
  deps: Deps,
  source: TelegramSource,
  { botId, secret }: Pick<UpdateRequest, 'botId' | 'secret'>,
) {
  const listed = await listListenedSources(deps.db, {
    kind: 'telegram',
    now: deps.now(),
    limit: MAX_ACCOUNTS,
  });
  const accounts = listed.flatMap((each) => readAccount(deps, source, each) ?? []);
  return accounts.filter(
    (account) =>
      source.connectionOf(account) === `bot ${botId}` && isSame(source.webhookSecretOf(account), secret),
  );
}

function readAccount(
  { sourceKeys, logger }: Deps,
  source: TelegramSource,
  { id, handle, options, externalId, secret }: ListenedSource,
) {
  try {
    const opened = secret && openSecret(sourceKeys, id, secret);
    return { id, handle, externalId, options: source.options.parse(options), secret: opened };
  } catch (err) {
    logger.warn({ err, sourceId: id }, 'a source of Telegram cannot be read');
    return null;
  }
}

const isSame = (right: string | null, given: string | undefined): boolean =>
  right !== null && given !== undefined && isSameSecret(given, right);
