-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "profit_share" TEXT NOT NULL DEFAULT 'per_trade';

-- AlterTable
ALTER TABLE "agent_deployment" ADD COLUMN     "billed_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "billing_event" ADD COLUMN     "rule" TEXT;

-- CreateIndex
CREATE INDEX "fill_time_id_idx" ON "fill"("time", "id");

-- AddCheck
ALTER TABLE "agent" ADD CONSTRAINT "agent_profit_share_check" CHECK ("profit_share" IN ('high_water', 'per_trade'));
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_rule_check" CHECK ("rule" IN ('high_water', 'per_trade'));

-- Bills of before: the profit of each trade was shared by itself.
UPDATE "billing_event" SET "rule" = 'per_trade' WHERE "trade_id" IS NOT NULL;
