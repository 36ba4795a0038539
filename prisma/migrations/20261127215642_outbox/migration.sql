-- AlterTable
-- Events of before count as told: a constant needs no rewriting of the table.
ALTER TABLE "trade_event" ADD COLUMN     "tx" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "trade_event" ALTER COLUMN "tx" SET DEFAULT (pg_current_xact_id()::text)::bigint;

-- CreateTable
CREATE TABLE "system_event" (
    "id" BIGINT NOT NULL DEFAULT nextval('trade_event_id_seq'::regclass),
    "tx" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "user_id" UUID,
    "deployment_id" UUID,
    "agent_id" UUID,
    "source_account_id" UUID,
    "venue" "venue_name",
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "system_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "system_event_key_key" ON "system_event"("key");

-- CreateIndex
CREATE INDEX "system_event_tx_id_idx" ON "system_event"("tx", "id");

-- CreateIndex
CREATE INDEX "system_event_at_idx" ON "system_event"("at");

-- CreateIndex
CREATE INDEX "trade_event_tx_id_idx" ON "trade_event"("tx", "id");
