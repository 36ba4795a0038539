-- CreateEnum
CREATE TYPE "brake_scope" AS ENUM ('system', 'venue', 'agent', 'deployment');

-- AlterTable
ALTER TABLE "agent_deployment" ADD COLUMN     "entry_limits" JSONB NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "system_limits" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "entry_limits" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "system_limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry_brake" (
    "id" UUID NOT NULL,
    "scope" "brake_scope" NOT NULL,
    "venue" "venue_name",
    "agent_id" UUID,
    "deployment_id" UUID,
    "code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),
    "released_by" TEXT,
    "released_at_usd" DECIMAL(38,18),

    CONSTRAINT "entry_brake_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "entry_brake_deployment_id_idx" ON "entry_brake"("deployment_id");

-- CreateIndex
CREATE INDEX "entry_brake_agent_id_idx" ON "entry_brake"("agent_id");

-- CreateIndex
CREATE INDEX "trade_deployment_id_closed_at_idx" ON "trade"("deployment_id", "closed_at");

-- CreateIndex
CREATE INDEX "trade_closed_at_idx" ON "trade"("closed_at");

-- AddForeignKey
ALTER TABLE "entry_brake" ADD CONSTRAINT "entry_brake_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry_brake" ADD CONSTRAINT "entry_brake_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Each scope has its own target.
ALTER TABLE "entry_brake" ADD CONSTRAINT "entry_brake_target" CHECK (
  (venue IS NOT NULL) = (scope = 'venue') AND (agent_id IS NOT NULL) = (scope = 'agent')
  AND (deployment_id IS NOT NULL) = (scope = 'deployment'));
ALTER TABLE "system_limits" ADD CONSTRAINT "system_limits_one_row" CHECK (id = 1);

-- A limit that stays reached has one brake.
CREATE UNIQUE INDEX "entry_brake_one_per_limit" ON "entry_brake" (scope, code, COALESCE(deployment_id::text, ''))
  WHERE released_at IS NULL AND code NOT IN ('entries_braked', 'venue_braked');
-- Every entry looks for the brakes in force.
CREATE INDEX "entry_brake_in_force" ON "entry_brake" (scope) WHERE released_at IS NULL;

-- The value in USD that trades hold or have ordered, the given one left out: of the deployment and of all, and of either
-- in the symbol.
CREATE FUNCTION exposed_usd(of_trade uuid, of_deployment uuid, of_symbol text, with_others boolean) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN (
  SELECT jsonb_build_object(
    'own', COALESCE(sum(usd) FILTER (WHERE is_own), 0), 'ownAlike', COALESCE(sum(usd) FILTER (WHERE is_own AND is_alike), 0),
    'all', COALESCE(sum(usd), 0), 'allAlike', COALESCE(sum(usd) FILTER (WHERE is_alike), 0))
  FROM (
    SELECT deployment_id = of_deployment AS is_own, symbol = of_symbol AS is_alike,
      COALESCE(remaining_size, (plan ->> 'size')::numeric)
        * COALESCE(entry_price, (plan ->> 'referencePrice')::numeric) AS usd
    FROM trade
    WHERE phase IN ('opening', 'open', 'closing') AND id <> of_trade
      AND (with_others OR deployment_id = of_deployment)
  ) AS exposed
);

-- The least room that exposure limits leave, with the limit that leaves it. Null when none is set.
CREATE FUNCTION exposure_room(of_trade uuid, of_deployment uuid, of_symbol text, own jsonb, everybody jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN (
  SELECT jsonb_build_object('code', code, 'scope', scope, 'limitUsd', trim_scale(most)::text,
    'heldUsd', trim_scale(held)::text, 'leftUsd', trim_scale(GREATEST(most - held, 0))::text)
  FROM exposed_usd(of_trade, of_deployment, of_symbol, everybody ?| ARRAY['maxGrossUsd', 'maxInstrumentUsd']) AS usd,
    LATERAL (VALUES
      ('exposure_reached', 'deployment', (own ->> 'maxGrossUsd')::numeric, (usd ->> 'own')::numeric),
      ('instrument_exposure_reached', 'deployment', (own ->> 'maxInstrumentUsd')::numeric, (usd ->> 'ownAlike')::numeric),
      ('exposure_reached', 'system', (everybody ->> 'maxGrossUsd')::numeric, (usd ->> 'all')::numeric),
      ('instrument_exposure_reached', 'system', (everybody ->> 'maxInstrumentUsd')::numeric, (usd ->> 'allAlike')::numeric)
    ) AS bound(code, scope, most, held)
  WHERE most IS NOT NULL
  ORDER BY most - held LIMIT 1
);

-- A limit of entries a minute that is reached, with the time at which it lets the next one pass. Null when none is.
CREATE FUNCTION entry_rate(of_trade uuid, of_deployment uuid, own jsonb, everybody jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN (
  WITH entered AS MATERIALIZED (
    SELECT trade.deployment_id = of_deployment AS is_own, decision.created_at AS at
    FROM routing_decision AS decision JOIN trade ON trade.id = decision.trade_id
    WHERE decision.created_at > clock_timestamp() - interval '1 minute' AND trade.id <> of_trade
      AND (trade.deployment_id = of_deployment OR everybody ? 'maxEntriesPerMinute')
      AND (trade.phase NOT IN ('routing', 'skipped')
        OR EXISTS (SELECT FROM "order" AS sent WHERE sent.trade_id = trade.id AND sent.leg = 'entry'))
  )
  SELECT jsonb_build_object('scope', scope, 'limit', most,
    'until', round(extract(epoch FROM first + interval '1 minute') * 1000))
  FROM (VALUES
    ('deployment', (own ->> 'maxEntriesPerMinute')::int, (SELECT count(*) FROM entered WHERE is_own),
      (SELECT min(at) FROM entered WHERE is_own)),
    ('system', (everybody ->> 'maxEntriesPerMinute')::int, (SELECT count(*) FROM entered),
      (SELECT min(at) FROM entered))
  ) AS bound(scope, most, number, first)
  WHERE number >= most
  LIMIT 1
);

-- The brakes in force on a deployment, at whatever venue, those that a person must end first. Null when there are none.
CREATE FUNCTION brakes_in_force(of_deployment uuid, of_agent uuid) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN (
  SELECT jsonb_agg(jsonb_build_object('id', id, 'scope', scope, 'venue', venue, 'code', code, 'reason', reason,
    'setBy', set_by, 'until', round(extract(epoch FROM until) * 1000)) ORDER BY until DESC NULLS FIRST, set_at)
  FROM entry_brake
  WHERE released_at IS NULL AND (until IS NULL OR until > clock_timestamp())
    AND (scope IN ('system', 'venue') OR agent_id = of_agent OR deployment_id = of_deployment)
);

-- What bounds an entry at the moment of the call: brakes, exposure limits, and a limit of entries a minute. Null when
-- nothing does. It is a volatile function, as reserved_usd is, so that it reads what has been committed by then.
CREATE FUNCTION entry_bounds(of_trade uuid, of_deployment uuid, of_symbol text) RETURNS jsonb
LANGUAGE sql VOLATILE
RETURN (
  SELECT NULLIF(jsonb_strip_nulls(jsonb_build_object(
    'brakes', CASE WHEN EXISTS (SELECT FROM entry_brake WHERE released_at IS NULL)
      THEN brakes_in_force(of_deployment, agent_id) END,
    'room', CASE WHEN entry_limits ?| ARRAY['maxGrossUsd', 'maxInstrumentUsd']
        OR everybody ?| ARRAY['maxGrossUsd', 'maxInstrumentUsd']
      THEN exposure_room(of_trade, of_deployment, of_symbol, entry_limits, everybody) END,
    'rate', CASE WHEN entry_limits ? 'maxEntriesPerMinute' OR everybody ? 'maxEntriesPerMinute'
      THEN entry_rate(of_trade, of_deployment, entry_limits, everybody) END
  )), '{}')
  FROM agent_deployment, COALESCE((SELECT entry_limits FROM system_limits), '{}') AS everybody
  WHERE id = of_deployment
);
