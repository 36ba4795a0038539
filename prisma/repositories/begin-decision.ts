import type { EntryBounds } from '#domain/brakes/entry-bounds.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { DecimalString } from '#domain/money.ts';
import type { RoutingRules } from '#domain/routing.ts';
import type { KeyStatus, LifeStatus, VenueHealth } from '#domain/statuses.ts';
import type { ScoreUse, StoredScore } from '#domain/scoring/score-use.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { FULL_WEIGHT, type Weights } from '#domain/weights.ts';
import { queryReady, type DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { entryBounds } from './entry-bounds.ts';
import { SCORE_NAME } from './market-indicators.ts';
import { rulesInForce, type RoutingConfigRow } from './routing.ts';
import { timeOrderedId } from './rows.ts';
import type { SignalDraft, SignalRow } from './signals.ts';
import { findTradeOf } from './trades.ts';
import { newTradeRecord, type TradeRecord } from './trade-record.ts';
import { LIVE } from './phase-lists.ts';

/** Every record that decides whether and where one signal is traded in one deployment. */
export interface DecisionFacts {
  signal: SignalRow;
  deployment: DecidingDeployment;
  /** The one trade of the signal in the deployment, made now or by an earlier attempt. */
  trade: TradeRecord;
  /** True when this call made the trade. */
  isNew: boolean;
  rules: RoutingRules;
  /** Every listing of the signal's symbol, on every venue. */
  instruments: readonly Instrument[];
  /** Venues whose instruments have been read at least once. */
  readVenues: readonly VenueName[];
  /** Health of the venues at their last check. */
  venueHealth: Readonly<Partial<Record<VenueName, VenueHealth>>>;
  /** Number of other trades of the deployment that hold or will hold a position. */
  openPositions: number;
  /** What bounds the entry besides: brakes and limits. */
  bounds: EntryBounds;
  /** The newest market score of the symbol that was known; null when there is none. */
  score: StoredScore | null;
}

/** The columns of a deployment that a decision reads. */
export interface DecidingDeployment {
  id: string;
  status: LifeStatus;
  walletAddress: AccountId;
  maxLeverage: number;
  maxNotionalUsd: DecimalString;
  maxOpenPositions: number;
  /** Used instead of the signal's, unless null. */
  sizeModel: SizeModel | null;
  agent: {
    id: string;
    name: string;
    status: LifeStatus;
    venuePreference: readonly VenueName[];
    scoreUse: ScoreUse;
    weights: Weights;
  };
  tradingKeys: readonly {
    venue: VenueName;
    status: KeyStatus;
    /** Epoch ms. */
    validUntil: number | null;
  }[];
}

interface Read extends Pick<
  DecisionFacts,
  'instruments' | 'readVenues' | 'venueHealth' | 'openPositions' | 'score'
> {
  signal: SignalRow | null;
  deployment: DecidingDeployment | null;
  routingConfigs: readonly RoutingConfigRow[];
  madeTradeId: TradeRecord['id'] | null;
  bounds: EntryBounds | null;
}

/**
 * Inserts the trade of a signal in a deployment unless it exists, and returns every record that decides about it. One
 * statement, because the entry waits for it. Throws when the signal or the deployment does not exist.
 */
export async function beginDecision(
  db: DatabaseOrTransaction,
  { signalId, deploymentId }: { signalId: string; deploymentId: string },
): Promise<DecisionFacts> {
  const read = await readFacts(db, factsOfSignal({ signalId, deploymentId }));
  const { signal, deployment, madeTradeId } = read;
  if (!signal) throw new Error(`no signal ${signalId} in the database`);
  if (!deployment) throw new Error(`no deployment ${deploymentId} in the database`);
  const trade =
    madeTradeId === null
      ? await findTradeOf(db, { signalId, deploymentId })
      : madeTrade(madeTradeId, signal, deployment);
  return toFacts(read, { signal, deployment, trade, isNew: madeTradeId !== null });
}

/** Returns the statement of `beginDecision`. */
export const beginStatement = (input: { signalId: string; deploymentId: string }): Prisma.Sql =>
  factsStatement(factsOfSignal(input));

const factsOfSignal = ({
  signalId,
  deploymentId,
}: {
  signalId: string;
  deploymentId: string;
}): AskedFacts => ({
  deploymentId,
  // Locked, because a post that ends the call while this runs must be seen here, or see the trade.
  called: Prisma.sql`SELECT * FROM signal WHERE id = ${signalId}::uuid FOR SHARE`,
  made: Prisma.sql`
    INSERT INTO trade (id, signal_id, deployment_id, symbol, side, account_id, updated_at)
    SELECT ${timeOrderedId(Date.now())}::uuid, called.id, subscribed.id, symbol, side, wallet_address, now()
    FROM called, subscribed
    ON CONFLICT (signal_id, deployment_id) DO NOTHING
    RETURNING id`,
});

/** A signal that does not exist, in one deployment. */
export interface PreviewInput {
  draft: SignalDraft;
  deploymentId: string;
}

/**
 * Returns every record that would decide about a signal in a deployment, and writes nothing: signal and trade have ids
 * that nothing has. Throws when the deployment does not exist.
 */
export async function previewDecision(
  db: DatabaseOrTransaction,
  { draft, deploymentId }: PreviewInput,
): Promise<DecisionFacts> {
  const read = await readFacts(db, {
    deploymentId,
    called: draftAsSignal(timeOrderedId(Date.now()), draft),
    made: Prisma.sql`SELECT NULL::uuid AS id`,
  });
  const { signal, deployment } = read;
  if (!signal || !deployment) throw new Error(`no deployment ${deploymentId} in the database`);
  const trade = madeTrade(asId(timeOrderedId(Date.now())), signal, deployment);
  return toFacts(read, { signal, deployment, trade, isNew: true });
}

/** Returns the row that a draft would be stored as. */
const draftAsSignal = (id: string, draft: SignalDraft): Prisma.Sql => Prisma.sql`
  SELECT ${id}::uuid AS id, ${draft.agentId}::uuid AS agent_id, ${draft.symbol}::text AS symbol,
    ${draft.side}::side AS side, ${draft.origin}::signal_origin AS origin, ${draft.messageId}::uuid AS message_id,
    ${draft.confidence}::float8 AS confidence, ${JSON.stringify(draft.sizeModel)}::jsonb AS size_model,
    ${JSON.stringify(draft.barriers)}::jsonb AS barriers, ${draft.requestedVenue}::text AS requested_venue,
    ${draft.leverage}::int AS leverage, ${draft.weightPct ?? FULL_WEIGHT}::int AS weight_pct,
    ${draft.referencePrice}::numeric AS reference_price, ${draft.maxDriftPct}::float8 AS max_drift_pct,
    ${new Date(draft.expiresAt)}::timestamptz AS expires_at, now() AS created_at,
    NULL::timestamptz AS fanned_out_at`;

const madeTrade = (
  id: TradeRecord['id'],
  { id: signalId, symbol, side }: SignalRow,
  { id: deploymentId, walletAddress }: DecidingDeployment,
): TradeRecord => newTradeRecord(id, { signalId, deploymentId, symbol, side, accountId: walletAddress });

const toFacts = (
  { instruments, readVenues, venueHealth, openPositions, score, routingConfigs, bounds }: Read,
  known: Pick<DecisionFacts, 'signal' | 'deployment' | 'trade' | 'isNew'>,
): DecisionFacts => ({
  ...known,
  instruments,
  readVenues,
  venueHealth,
  openPositions,
  score,
  bounds: bounds ?? {},
  rules: rulesInForce(routingConfigs, known.deployment.agent),
});

/** The parts of a statement that reads facts. */
interface AskedFacts {
  deploymentId: string;
  called: Prisma.Sql;
  made: Prisma.Sql;
}

async function readFacts(db: DatabaseOrTransaction, asked: AskedFacts): Promise<Read> {
  const [row] = await queryReady<{ read: Read }>(db, factsStatement(asked));
  return row?.read ?? never();
}

/** `called` selects the signal as one row, `made` inserts its trade and returns the id. */
const factsStatement = ({ deploymentId, called, made }: AskedFacts): Prisma.Sql => Prisma.sql`
    WITH called AS (${called}),
    subscribed AS (SELECT * FROM agent_deployment WHERE id = ${deploymentId}::uuid),
    made AS (${made})
    SELECT jsonb_build_object(
      'signal', (SELECT jsonb_build_object('id', id, 'agentId', agent_id, 'symbol', symbol, 'side', side,
          'origin', origin, 'messageId', message_id, 'confidence', confidence, 'sizeModel', size_model,
          'barriers', barriers, 'requestedVenue', requested_venue, 'leverage', leverage,
          'weightPct', weight_pct, 'referencePrice', trim_scale(reference_price)::text, 'maxDriftPct', max_drift_pct,
          'expiresAt', extract(epoch FROM expires_at) * 1000,
          'createdAt', extract(epoch FROM created_at) * 1000,
          'fannedOutAt', extract(epoch FROM fanned_out_at) * 1000)
        FROM called),
      'deployment', (SELECT jsonb_build_object('id', deployment.id, 'status', deployment.status,
          'walletAddress', wallet_address, 'maxLeverage', max_leverage,
          'maxNotionalUsd', trim_scale(max_notional_usd)::text, 'maxOpenPositions', max_open_positions,
          'sizeModel', deployment.size_model,
          'agent', jsonb_build_object('id', agent.id, 'name', agent.name, 'status', agent.status,
            'venuePreference', to_jsonb(agent.venue_preference), 'scoreUse', agent.score_use,
            'weights', agent.weights),
          'tradingKeys', (SELECT COALESCE(jsonb_agg(jsonb_build_object('venue', venue, 'status', status,
              'validUntil', extract(epoch FROM valid_until) * 1000)), '[]')
            FROM trading_key WHERE deployment_id = deployment.id AND active))
        FROM subscribed AS deployment JOIN agent ON agent.id = deployment.agent_id),
      'instruments', (SELECT COALESCE(jsonb_agg(jsonb_build_object('venue', venue, 'symbol', instrument.symbol,
          'venueSymbol', venue_symbol, 'venueAssetId', venue_asset_id, 'priceRule', price_rule,
          'lot', trim_scale(lot)::text, 'minNotionalUsd', trim_scale(min_notional_usd)::text,
          'maxLeverage', max_leverage, 'onlyIsolated', only_isolated, 'tradable', tradable)
          ORDER BY tradable DESC, venue), '[]')
        FROM instrument JOIN called ON called.symbol = instrument.symbol),
      'readVenues', (SELECT COALESCE(jsonb_agg(name), '[]') FROM unnest(enum_range(NULL::venue_name)) AS name
        WHERE EXISTS (SELECT FROM instrument WHERE instrument.venue = name)),
      'routingConfigs', (SELECT COALESCE(jsonb_agg(jsonb_build_object('agentId', agent_id, 'mode', mode,
          'venues', to_jsonb(venues))), '[]')
        FROM routing_config WHERE agent_id IS NULL OR agent_id = (SELECT agent_id FROM subscribed)),
      'venueHealth', (SELECT COALESCE(jsonb_object_agg(venue, health), '{}') FROM venue_status),
      'openPositions', (SELECT count(*) FROM trade WHERE deployment_id = ${deploymentId}::uuid
        AND signal_id <> (SELECT id FROM called) AND phase IN ${LIVE}),
      'score', (SELECT jsonb_build_object('parts', COALESCE(inputs -> 'parts', '[]'),
          'pricedAt', extract(epoch FROM priced_at) * 1000)
        FROM market_indicator WHERE name = ${SCORE_NAME} AND symbol = (SELECT symbol FROM called)
          AND value IS NOT NULL ORDER BY at DESC LIMIT 1),
      'bounds', (SELECT ${entryBounds({
        tradeId: Prisma.sql`COALESCE((SELECT id FROM made), called.id)`,
        deploymentId,
        symbol: Prisma.sql`called.symbol`,
      })} FROM called),
      'madeTradeId', (SELECT id FROM made)
    ) AS read`;

function never(): never {
  throw new Error('the statement returns one row');
}
