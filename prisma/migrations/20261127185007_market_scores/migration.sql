-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "score_use" TEXT NOT NULL DEFAULT 'off',
ADD COLUMN     "weights" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "market_indicator" ADD COLUMN     "inputs" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "priced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1,
ALTER COLUMN "value" DROP NOT NULL;

-- AlterTable
ALTER TABLE "signal" ADD COLUMN     "weight_pct" INTEGER NOT NULL DEFAULT 100;

-- CreateIndex
CREATE INDEX "market_indicator_at_idx" ON "market_indicator"("at");

-- AddCheck
ALTER TABLE "agent" ADD CONSTRAINT "agent_score_use_check" CHECK ("score_use" IN ('off', 'scale', 'veto', 'scale_and_veto'));
ALTER TABLE "signal" ADD CONSTRAINT "signal_weight_pct_check" CHECK ("weight_pct" BETWEEN 0 AND 100);
