import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** A source that fails for this long is down, in ms: one poll that fails is nobody's concern. */
const DOWN_AFTER_MS = 5 * 60_000;

const since = Prisma.sql`(extract(epoch FROM failing_since) * 1000)::bigint`;
const name = Prisma.sql`kind::text || ' source ' || handle`;

/** Records which of these sources were stopped by a refusal or have been down for some minutes, once for each time. */
export async function recordOutages(
  tx: DatabaseOrTransaction,
  ids: readonly string[],
  now: number,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO system_event (key, type, text, data, source_account_id)
    SELECT CASE WHEN stop_code IS NULL THEN 'source_down/' ELSE 'source_stopped/' END || id || '/' || ${since},
      CASE WHEN stop_code IS NULL THEN 'source_down' ELSE 'source_stopped' END,
      CASE WHEN stop_code IS NULL THEN 'The ' || ${name} || ' cannot be read: ' || COALESCE(last_error, 'no answer')
        ELSE 'The ' || ${name} || ' is stopped until a person resumes it: ' || COALESCE(last_error, stop_code) END,
      jsonb_build_object('handle', handle, 'kind', kind, 'stopCode', stop_code, 'failingSince', ${since}), id
    FROM source_account
    WHERE id = ANY(${[...ids]}::uuid[]) AND status = 'active' AND failing_since IS NOT NULL
      AND (stop_code IS NOT NULL OR failing_since <= ${new Date(now - DOWN_AFTER_MS)})
    ON CONFLICT (key) DO NOTHING`;
}

/** Records which of these sources that were down are read again; to be called before their failures are forgotten. */
export async function recordRecoveries(tx: DatabaseOrTransaction, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO system_event (key, type, text, data, source_account_id)
    SELECT 'source_up/' || id || '/' || ${since}, 'source_up', 'The ' || ${name} || ' is read again.',
      jsonb_build_object('handle', handle, 'kind', kind, 'failingSince', ${since}), id
    FROM source_account
    WHERE id = ANY(${[...ids]}::uuid[]) AND failing_since IS NOT NULL
      AND EXISTS (SELECT FROM system_event WHERE key = 'source_down/' || source_account.id || '/' || ${since})
    ON CONFLICT (key) DO NOTHING`;
}
