-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "venue_name" AS ENUM ('hyperliquid', 'ostium');

-- CreateEnum
CREATE TYPE "side" AS ENUM ('long', 'short');

-- CreateEnum
CREATE TYPE "life_status" AS ENUM ('active', 'paused', 'archived');

-- CreateEnum
CREATE TYPE "source_kind" AS ENUM ('file', 'x', 'rss', 'webhook');

-- CreateEnum
CREATE TYPE "key_status" AS ENUM ('pending', 'approved', 'revoked');

-- CreateEnum
CREATE TYPE "signal_origin" AS ENUM ('message', 'manual', 'webhook');

-- CreateEnum
CREATE TYPE "trade_phase" AS ENUM ('routing', 'opening', 'open', 'closing', 'settling', 'closed', 'skipped');

-- CreateEnum
CREATE TYPE "exit_reason" AS ENUM ('stop_loss', 'take_profit', 'trailing_stop', 'break_even', 'time_limit', 'exit_signal', 'force_close', 'emergency', 'liquidation', 'closed_at_venue');

-- CreateEnum
CREATE TYPE "order_side" AS ENUM ('buy', 'sell');

-- CreateEnum
CREATE TYPE "order_leg" AS ENUM ('entry', 'stop', 'take_profit', 'exit');

-- CreateEnum
CREATE TYPE "order_kind" AS ENUM ('ioc', 'stop_trigger', 'take_profit_trigger');

-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('submitting', 'unresolved', 'waiting', 'resting', 'partly_filled', 'filled', 'canceled', 'rejected');

-- CreateEnum
CREATE TYPE "watch_status" AS ENUM ('armed', 'paused', 'fired', 'disarmed');

-- CreateEnum
CREATE TYPE "price_kind" AS ENUM ('mark', 'mid');

-- CreateEnum
CREATE TYPE "bill_kind" AS ENUM ('trade_fee', 'profit_share', 'subscription');

-- CreateEnum
CREATE TYPE "venue_health" AS ENUM ('up', 'degraded', 'down');

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "wallet_address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "life_status" NOT NULL DEFAULT 'active',
    "venue_preference" "venue_name"[],
    "min_confidence" DOUBLE PRECISION NOT NULL DEFAULT 0.5,
    "barriers" JSONB NOT NULL,
    "size_model" JSONB NOT NULL,
    "signal_ttl_ms" INTEGER NOT NULL DEFAULT 300000,
    "max_drift_pct" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_source" (
    "agent_id" UUID NOT NULL,
    "source_account_id" UUID NOT NULL,
    "weight" INTEGER NOT NULL,

    CONSTRAINT "agent_source_pkey" PRIMARY KEY ("agent_id","source_account_id")
);

-- CreateTable
CREATE TABLE "agent_deployment" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "wallet_address" TEXT NOT NULL,
    "status" "life_status" NOT NULL DEFAULT 'active',
    "max_leverage" INTEGER NOT NULL DEFAULT 1,
    "max_notional_usd" DECIMAL(38,18) NOT NULL,
    "max_open_positions" INTEGER NOT NULL DEFAULT 3,
    "size_model" JSONB,
    "trial_ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trading_key" (
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "address" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "master_key_id" TEXT NOT NULL,
    "status" "key_status" NOT NULL DEFAULT 'pending',
    "approved_at" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "last_nonce" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trading_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_account" (
    "id" UUID NOT NULL,
    "kind" "source_kind" NOT NULL,
    "handle" TEXT NOT NULL,
    "status" "life_status" NOT NULL DEFAULT 'active',
    "cursor" JSONB,
    "polled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "source_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source_message" (
    "id" UUID NOT NULL,
    "source_account_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "evaluated_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "classification" (
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "classifier" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "reasons" JSONB NOT NULL,
    "ideas" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "classification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" "side" NOT NULL,
    "bucket" TIMESTAMPTZ(3) NOT NULL,
    "origin" "signal_origin" NOT NULL,
    "message_id" UUID,
    "confidence" DOUBLE PRECISION NOT NULL,
    "size_model" JSONB NOT NULL,
    "barriers" JSONB NOT NULL,
    "requested_venue" TEXT NOT NULL DEFAULT 'MULTI',
    "leverage" INTEGER,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "reference_price" DECIMAL(38,18),
    "max_drift_pct" DOUBLE PRECISION NOT NULL,
    "fanned_out_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "skipped_signal" (
    "id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "signal_id" UUID,
    "message_id" UUID,
    "deployment_id" UUID,
    "code" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "skipped_signal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "routing_config" (
    "id" UUID NOT NULL,
    "agent_id" UUID,
    "mode" TEXT NOT NULL DEFAULT 'priority',
    "venues" "venue_name"[],
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "routing_config_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "routing_decision" (
    "id" UUID NOT NULL,
    "trade_id" UUID NOT NULL,
    "venue" "venue_name",
    "refusals" JSONB NOT NULL,
    "duration_ms" DOUBLE PRECISION NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "routing_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade" (
    "id" UUID NOT NULL,
    "signal_id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "phase" "trade_phase" NOT NULL DEFAULT 'routing',
    "symbol" TEXT NOT NULL,
    "side" "side" NOT NULL,
    "account_id" TEXT NOT NULL,
    "venue" "venue_name",
    "plan" JSONB,
    "barriers" JSONB,
    "entry_size" DECIMAL(38,18),
    "entry_price" DECIMAL(38,18),
    "remaining_size" DECIMAL(38,18),
    "exit_price" DECIMAL(38,18),
    "stop_price" DECIMAL(38,18),
    "stop_kind" "exit_reason",
    "opened_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "exit_reason" "exit_reason",
    "exit_claimed_by" TEXT,
    "exit_claimed_at" TIMESTAMPTZ(3),
    "refusal_code" TEXT,
    "refusal_text" TEXT,
    "gross_pnl_usd" DECIMAL(38,18),
    "fees_usd" DECIMAL(38,18),
    "funding_usd" DECIMAL(38,18),
    "net_pnl_usd" DECIMAL(38,18),
    "unprotected_ms" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trade_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "position" (
    "id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "trade_id" UUID,
    "size" DECIMAL(38,18) NOT NULL,
    "entry_price" DECIMAL(38,18),
    "liquidation_price" DECIMAL(38,18),
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "position_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order" (
    "id" UUID NOT NULL,
    "trade_id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "leg" "order_leg" NOT NULL,
    "leg_number" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "client_order_id" TEXT NOT NULL,
    "venue_order_id" TEXT,
    "side" "order_side" NOT NULL,
    "kind" "order_kind" NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "trigger_price" DECIMAL(38,18),
    "size" DECIMAL(38,18) NOT NULL,
    "filled_size" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "reduce_only" BOOLEAN NOT NULL,
    "status" "order_status" NOT NULL DEFAULT 'submitting',
    "nonce" BIGINT,
    "code" TEXT,
    "text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fill" (
    "id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "venue_fill_id" TEXT NOT NULL,
    "venue_order_id" TEXT NOT NULL,
    "client_order_id" TEXT,
    "trade_id" UUID,
    "order_id" UUID,
    "side" "order_side" NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "size" DECIMAL(38,18) NOT NULL,
    "fee_usd" DECIMAL(38,18) NOT NULL,
    "closed_pnl_usd" DECIMAL(38,18) NOT NULL,
    "liquidation" BOOLEAN NOT NULL DEFAULT false,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fill_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "funding_payment" (
    "id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "trade_id" UUID,
    "amount_usd" DECIMAL(38,18) NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "funding_payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "watch" (
    "trade_id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" "side" NOT NULL,
    "status" "watch_status" NOT NULL DEFAULT 'armed',
    "price_kind" "price_kind" NOT NULL,
    "levels" JSONB NOT NULL,
    "armed_at" TIMESTAMPTZ(3) NOT NULL,
    "time_limit_at" TIMESTAMPTZ(3),
    "version" BIGSERIAL NOT NULL,
    "fired_at" TIMESTAMPTZ(3),
    "fired_price" DECIMAL(38,18),
    "fired_reason" "exit_reason",
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "watch_pkey" PRIMARY KEY ("trade_id")
);

-- CreateTable
CREATE TABLE "price_bar" (
    "venue" "venue_name" NOT NULL,
    "symbol" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "interval_ms" INTEGER NOT NULL,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "seen_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "price_bar_pkey" PRIMARY KEY ("venue","symbol","opened_at")
);

-- CreateTable
CREATE TABLE "pnl_snapshot" (
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "equity_usd" DECIMAL(38,18) NOT NULL,
    "realized_usd" DECIMAL(38,18) NOT NULL,
    "unrealized_usd" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "pnl_snapshot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "impact_factor" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "window_days" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "win_rate" DOUBLE PRECISION NOT NULL,
    "average_pnl_usd" DECIMAL(38,18) NOT NULL,
    "value" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "impact_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "venue_status" (
    "venue" "venue_name" NOT NULL,
    "health" "venue_health" NOT NULL,
    "detail" TEXT NOT NULL,
    "latency_ms" DOUBLE PRECISION,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "venue_status_pkey" PRIMARY KEY ("venue")
);

-- CreateTable
CREATE TABLE "instrument" (
    "id" UUID NOT NULL,
    "venue" "venue_name" NOT NULL,
    "symbol" TEXT NOT NULL,
    "venue_symbol" TEXT NOT NULL,
    "venue_asset_id" INTEGER NOT NULL,
    "price_rule" JSONB NOT NULL,
    "lot" DECIMAL(38,18) NOT NULL,
    "min_notional_usd" DECIMAL(38,18) NOT NULL,
    "max_leverage" INTEGER NOT NULL,
    "only_isolated" BOOLEAN NOT NULL,
    "tradable" BOOLEAN NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "market_indicator" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "market_indicator_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "billing_event" (
    "id" UUID NOT NULL,
    "kind" "bill_kind" NOT NULL,
    "subject" TEXT NOT NULL,
    "deployment_id" UUID NOT NULL,
    "trade_id" UUID,
    "amount_usd" DECIMAL(38,18) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade_event" (
    "id" BIGSERIAL NOT NULL,
    "trade_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trade_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_name_key" ON "user"("name");

-- CreateIndex
CREATE UNIQUE INDEX "user_wallet_address_key" ON "user"("wallet_address");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_user_id_idx" ON "api_key"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_name_key" ON "agent"("name");

-- CreateIndex
CREATE INDEX "agent_owner_id_idx" ON "agent"("owner_id");

-- CreateIndex
CREATE INDEX "agent_source_source_account_id_idx" ON "agent_source"("source_account_id");

-- CreateIndex
CREATE INDEX "agent_deployment_user_id_idx" ON "agent_deployment"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_deployment_agent_id_wallet_address_key" ON "agent_deployment"("agent_id", "wallet_address");

-- CreateIndex
CREATE UNIQUE INDEX "trading_key_address_key" ON "trading_key"("address");

-- CreateIndex
CREATE UNIQUE INDEX "trading_key_deployment_id_venue_key" ON "trading_key"("deployment_id", "venue");

-- CreateIndex
CREATE UNIQUE INDEX "source_account_kind_handle_key" ON "source_account"("kind", "handle");

-- CreateIndex
CREATE INDEX "source_message_received_at_idx" ON "source_message"("received_at");

-- CreateIndex
CREATE UNIQUE INDEX "source_message_source_account_id_external_id_key" ON "source_message"("source_account_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "classification_message_id_classifier_key" ON "classification"("message_id", "classifier");

-- CreateIndex
CREATE INDEX "signal_created_at_idx" ON "signal"("created_at");

-- CreateIndex
CREATE INDEX "signal_message_id_idx" ON "signal"("message_id");

-- CreateIndex
CREATE UNIQUE INDEX "signal_agent_id_symbol_side_bucket_key" ON "signal"("agent_id", "symbol", "side", "bucket");

-- CreateIndex
CREATE UNIQUE INDEX "skipped_signal_subject_key" ON "skipped_signal"("subject");

-- CreateIndex
CREATE INDEX "skipped_signal_created_at_idx" ON "skipped_signal"("created_at");

-- CreateIndex
CREATE INDEX "skipped_signal_signal_id_idx" ON "skipped_signal"("signal_id");

-- CreateIndex
CREATE INDEX "skipped_signal_message_id_idx" ON "skipped_signal"("message_id");

-- CreateIndex
CREATE INDEX "skipped_signal_deployment_id_idx" ON "skipped_signal"("deployment_id");

-- CreateIndex
CREATE UNIQUE INDEX "routing_config_agent_id_key" ON "routing_config"("agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "routing_decision_trade_id_key" ON "routing_decision"("trade_id");

-- CreateIndex
CREATE INDEX "routing_decision_created_at_idx" ON "routing_decision"("created_at");

-- CreateIndex
CREATE INDEX "trade_deployment_id_phase_idx" ON "trade"("deployment_id", "phase");

-- CreateIndex
CREATE INDEX "trade_phase_created_at_idx" ON "trade"("phase", "created_at");

-- CreateIndex
CREATE INDEX "trade_created_at_idx" ON "trade"("created_at");

-- CreateIndex
CREATE INDEX "trade_venue_account_id_symbol_idx" ON "trade"("venue", "account_id", "symbol");

-- CreateIndex
CREATE UNIQUE INDEX "trade_signal_id_deployment_id_key" ON "trade"("signal_id", "deployment_id");

-- CreateIndex
CREATE UNIQUE INDEX "position_trade_id_key" ON "position"("trade_id");

-- CreateIndex
CREATE UNIQUE INDEX "position_venue_account_id_symbol_key" ON "position"("venue", "account_id", "symbol");

-- CreateIndex
CREATE INDEX "order_venue_account_id_venue_order_id_idx" ON "order"("venue", "account_id", "venue_order_id");

-- CreateIndex
CREATE INDEX "order_trade_id_created_at_idx" ON "order"("trade_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "order_venue_account_id_client_order_id_key" ON "order"("venue", "account_id", "client_order_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_trade_id_leg_leg_number_revision_key" ON "order"("trade_id", "leg", "leg_number", "revision");

-- CreateIndex
CREATE INDEX "fill_trade_id_time_idx" ON "fill"("trade_id", "time");

-- CreateIndex
CREATE INDEX "fill_order_id_idx" ON "fill"("order_id");

-- CreateIndex
CREATE INDEX "fill_venue_account_id_time_idx" ON "fill"("venue", "account_id", "time");

-- CreateIndex
CREATE UNIQUE INDEX "fill_venue_account_id_symbol_time_venue_fill_id_key" ON "fill"("venue", "account_id", "symbol", "time", "venue_fill_id");

-- CreateIndex
CREATE INDEX "funding_payment_trade_id_idx" ON "funding_payment"("trade_id");

-- CreateIndex
CREATE UNIQUE INDEX "funding_payment_venue_account_id_symbol_time_key" ON "funding_payment"("venue", "account_id", "symbol", "time");

-- CreateIndex
CREATE INDEX "watch_venue_status_idx" ON "watch"("venue", "status");

-- CreateIndex
CREATE UNIQUE INDEX "watch_version_key" ON "watch"("version");

-- CreateIndex
CREATE UNIQUE INDEX "pnl_snapshot_deployment_id_at_key" ON "pnl_snapshot"("deployment_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "impact_factor_agent_id_window_days_at_key" ON "impact_factor"("agent_id", "window_days", "at");

-- CreateIndex
CREATE INDEX "instrument_symbol_idx" ON "instrument"("symbol");

-- CreateIndex
CREATE UNIQUE INDEX "instrument_venue_venue_symbol_key" ON "instrument"("venue", "venue_symbol");

-- CreateIndex
CREATE UNIQUE INDEX "market_indicator_name_symbol_at_key" ON "market_indicator"("name", "symbol", "at");

-- CreateIndex
CREATE INDEX "billing_event_deployment_id_created_at_idx" ON "billing_event"("deployment_id", "created_at");

-- CreateIndex
CREATE INDEX "billing_event_trade_id_idx" ON "billing_event"("trade_id");

-- CreateIndex
CREATE UNIQUE INDEX "billing_event_kind_subject_key" ON "billing_event"("kind", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "trade_event_trade_id_key_key" ON "trade_event"("trade_id", "key");

-- CreateIndex
CREATE INDEX "audit_log_subject_at_idx" ON "audit_log"("subject", "at");

-- CreateIndex
CREATE INDEX "audit_log_at_idx" ON "audit_log"("at");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_source" ADD CONSTRAINT "agent_source_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_source" ADD CONSTRAINT "agent_source_source_account_id_fkey" FOREIGN KEY ("source_account_id") REFERENCES "source_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_deployment" ADD CONSTRAINT "agent_deployment_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_deployment" ADD CONSTRAINT "agent_deployment_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trading_key" ADD CONSTRAINT "trading_key_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "source_message" ADD CONSTRAINT "source_message_source_account_id_fkey" FOREIGN KEY ("source_account_id") REFERENCES "source_account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "classification" ADD CONSTRAINT "classification_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal" ADD CONSTRAINT "signal_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal" ADD CONSTRAINT "signal_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "skipped_signal" ADD CONSTRAINT "skipped_signal_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signal"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "skipped_signal" ADD CONSTRAINT "skipped_signal_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "skipped_signal" ADD CONSTRAINT "skipped_signal_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "routing_config" ADD CONSTRAINT "routing_config_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "routing_decision" ADD CONSTRAINT "routing_decision_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trade" ADD CONSTRAINT "trade_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trade" ADD CONSTRAINT "trade_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "position" ADD CONSTRAINT "position_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order" ADD CONSTRAINT "order_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fill" ADD CONSTRAINT "fill_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fill" ADD CONSTRAINT "fill_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "order"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "funding_payment" ADD CONSTRAINT "funding_payment_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "watch" ADD CONSTRAINT "watch_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pnl_snapshot" ADD CONSTRAINT "pnl_snapshot_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "impact_factor" ADD CONSTRAINT "impact_factor_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "agent_deployment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trade_event" ADD CONSTRAINT "trade_event_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Ranges that the Prisma schema cannot express.
ALTER TABLE "agent_source" ADD CONSTRAINT "agent_source_weight_range" CHECK ("weight" BETWEEN 0 AND 100);
ALTER TABLE "agent" ADD CONSTRAINT "agent_min_confidence_range" CHECK ("min_confidence" BETWEEN 0 AND 1);
ALTER TABLE "agent" ADD CONSTRAINT "agent_max_drift_range" CHECK ("max_drift_pct" >= 0);
ALTER TABLE "agent" ADD CONSTRAINT "agent_signal_ttl_range" CHECK ("signal_ttl_ms" > 0);
ALTER TABLE "agent_deployment" ADD CONSTRAINT "agent_deployment_wallet_lower_case" CHECK ("wallet_address" = lower("wallet_address"));
ALTER TABLE "agent_deployment" ADD CONSTRAINT "agent_deployment_limits_range" CHECK ("max_leverage" >= 1 AND "max_notional_usd" > 0 AND "max_open_positions" >= 1);
ALTER TABLE "classification" ADD CONSTRAINT "classification_confidence_range" CHECK ("confidence" BETWEEN 0 AND 1);
ALTER TABLE "signal" ADD CONSTRAINT "signal_confidence_range" CHECK ("confidence" BETWEEN 0 AND 1);
ALTER TABLE "signal" ADD CONSTRAINT "signal_reference_price_range" CHECK ("reference_price" > 0);
ALTER TABLE "signal" ADD CONSTRAINT "signal_leverage_range" CHECK ("leverage" >= 1);
ALTER TABLE "trade" ADD CONSTRAINT "trade_account_lower_case" CHECK ("account_id" = lower("account_id"));
ALTER TABLE "trade" ADD CONSTRAINT "trade_sizes_range" CHECK ("entry_size" >= 0 AND "remaining_size" >= 0 AND "remaining_size" <= "entry_size");
ALTER TABLE "trade" ADD CONSTRAINT "trade_prices_range" CHECK ("entry_price" > 0 AND "exit_price" > 0 AND "stop_price" > 0);
ALTER TABLE "trade" ADD CONSTRAINT "trade_unprotected_range" CHECK ("unprotected_ms" >= 0);
ALTER TABLE "trade" ADD CONSTRAINT "trade_skipped_has_reason" CHECK ("phase" <> 'skipped' OR "refusal_code" IS NOT NULL);
ALTER TABLE "trade" ADD CONSTRAINT "trade_closed_has_reason" CHECK ("phase" <> 'closed' OR "exit_reason" IS NOT NULL);
ALTER TABLE "order" ADD CONSTRAINT "order_ranges" CHECK ("size" > 0 AND "price" > 0 AND "filled_size" >= 0 AND "filled_size" <= "size" AND "leg_number" >= 0 AND "revision" >= 0);
ALTER TABLE "fill" ADD CONSTRAINT "fill_ranges" CHECK ("size" > 0 AND "price" > 0);
ALTER TABLE "price_bar" ADD CONSTRAINT "price_bar_ranges" CHECK ("low" > 0 AND "low" <= "open" AND "low" <= "close" AND "high" >= "open" AND "high" >= "close" AND "interval_ms" > 0);
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_amount_range" CHECK ("amount_usd" >= 0);

-- Perpetual positions net per account and instrument: two live trades there could not be told apart.
CREATE UNIQUE INDEX "trade_one_live_per_instrument" ON "trade" ("venue", "account_id", "symbol") WHERE "phase" IN ('opening', 'open', 'closing', 'settling');

-- Routing defaults of everybody: at most one row without an agent.
CREATE UNIQUE INDEX "routing_config_one_default" ON "routing_config" ((true)) WHERE "agent_id" IS NULL;
