-- DropForeignKey
ALTER TABLE "impact_factor" DROP CONSTRAINT "impact_factor_agent_id_fkey";

-- DropForeignKey
ALTER TABLE "pnl_snapshot" DROP CONSTRAINT "pnl_snapshot_deployment_id_fkey";

-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "is_published" BOOLEAN NOT NULL DEFAULT false;

-- Nothing has ever written these two.
DROP TABLE "impact_factor";
DROP TABLE "pnl_snapshot";

-- CreateTable
CREATE TABLE "trade_change" (
    "id" BIGSERIAL NOT NULL,
    "trade_id" UUID NOT NULL,

    CONSTRAINT "trade_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade_hour" (
    "trade_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "agent_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "symbol" TEXT NOT NULL,
    "source_account_id" UUID,
    "gross_usd" DECIMAL(38,18) NOT NULL,
    "fees_usd" DECIMAL(38,18) NOT NULL,
    "funding_usd" DECIMAL(38,18) NOT NULL,
    "net_usd" DECIMAL(38,18) NOT NULL,
    "volume_usd" DECIMAL(38,18) NOT NULL,
    "result_usd" DECIMAL(38,18),
    "exit_reason" "exit_reason",
    "r" DOUBLE PRECISION,
    "hold_ms" BIGINT,
    "unprotected_ms" INTEGER,
    "call_bps" DOUBLE PRECISION,
    "decision_bps" DOUBLE PRECISION,
    "latency_ms" BIGINT,

    CONSTRAINT "trade_hour_pkey" PRIMARY KEY ("trade_id","hour")
);

-- CreateTable
CREATE TABLE "equity_hour" (
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "equity_usd" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "equity_hour_pkey" PRIMARY KEY ("venue","account_id","hour")
);

-- CreateTable
CREATE TABLE "agent_change" (
    "agent_id" UUID NOT NULL,

    CONSTRAINT "agent_change_pkey" PRIMARY KEY ("agent_id")
);

-- CreateTable
CREATE TABLE "agent_card" (
    "agent_id" UUID NOT NULL,
    "venue" TEXT NOT NULL,
    "window_name" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "numbers" JSONB NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_card_pkey" PRIMARY KEY ("agent_id","venue","window_name")
);

-- CreateTable
CREATE TABLE "source_impact" (
    "source_account_id" UUID NOT NULL,
    "window_name" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "trades" INTEGER NOT NULL,
    "wins" INTEGER NOT NULL,
    "net_usd" DECIMAL(38,18) NOT NULL,
    "impact_usd" DECIMAL(38,18),
    "shrunk_impact_usd" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "source_impact_pkey" PRIMARY KEY ("source_account_id","window_name","day")
);

-- CreateIndex
CREATE INDEX "trade_hour_hour_idx" ON "trade_hour"("hour");

-- CreateIndex
CREATE INDEX "trade_hour_agent_id_hour_idx" ON "trade_hour"("agent_id", "hour");

-- CreateIndex
CREATE INDEX "trade_hour_deployment_id_hour_idx" ON "trade_hour"("deployment_id", "hour");

-- CreateIndex
CREATE INDEX "trade_hour_source_account_id_hour_idx" ON "trade_hour"("source_account_id", "hour");

-- CreateIndex
CREATE INDEX "equity_hour_hour_idx" ON "equity_hour"("hour");

-- CreateIndex
CREATE INDEX "agent_card_window_name_venue_idx" ON "agent_card"("window_name", "venue");

-- CreateIndex
CREATE INDEX "agent_card_day_idx" ON "agent_card"("day");

-- CreateIndex
CREATE INDEX "source_impact_day_idx" ON "source_impact"("day");

-- AddForeignKey
ALTER TABLE "agent_card" ADD CONSTRAINT "agent_card_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_impact" ADD CONSTRAINT "source_impact_source_account_id_fkey" FOREIGN KEY ("source_account_id") REFERENCES "source_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Not known to the schema: every way of booking notes the trades it changes. Scripts are cut at each semicolon, so the
-- bodies of functions have them as \x3b.
CREATE FUNCTION note_trades() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN INSERT INTO trade_change (trade_id) SELECT DISTINCT trade_id FROM told WHERE trade_id IS NOT NULL\x3b RETURN NULL\x3b END';
CREATE FUNCTION note_trade() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN INSERT INTO trade_change (trade_id) VALUES (NEW.id)\x3b RETURN NULL\x3b END';
CREATE TRIGGER "fill_booked" AFTER INSERT ON "fill" REFERENCING NEW TABLE AS told
  FOR EACH STATEMENT EXECUTE FUNCTION note_trades();
CREATE TRIGGER "fill_explained" AFTER UPDATE ON "fill" REFERENCING NEW TABLE AS told
  FOR EACH STATEMENT EXECUTE FUNCTION note_trades();
CREATE TRIGGER "funding_booked" AFTER INSERT ON "funding_payment" REFERENCING NEW TABLE AS told
  FOR EACH STATEMENT EXECUTE FUNCTION note_trades();
CREATE TRIGGER "trade_settled" AFTER UPDATE ON "trade" FOR EACH ROW
  WHEN ((NEW.phase = 'closed' OR OLD.phase = 'closed')
    AND (NEW.phase, NEW.net_pnl_usd, NEW.fees_usd, NEW.funding_usd, NEW.is_provisional, NEW.closed_at, NEW.exit_reason,
         NEW.unprotected_ms)
      IS DISTINCT FROM
        (OLD.phase, OLD.net_pnl_usd, OLD.fees_usd, OLD.funding_usd, OLD.is_provisional, OLD.closed_at, OLD.exit_reason,
         OLD.unprotected_ms))
  EXECUTE FUNCTION note_trade();

-- Trades of before.
INSERT INTO "trade_change" ("trade_id") SELECT "id" FROM "trade" WHERE "venue" IS NOT NULL ORDER BY "created_at";
