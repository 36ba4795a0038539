-- AlterTable
ALTER TABLE "trade" ADD COLUMN     "position_slot" SMALLINT;

-- However many signals come at once, a deployment has no more live trades than places for them.
CREATE UNIQUE INDEX "trade_one_per_position_slot" ON "trade" ("deployment_id", "position_slot") WHERE "phase" IN ('opening', 'open', 'closing', 'settling');
