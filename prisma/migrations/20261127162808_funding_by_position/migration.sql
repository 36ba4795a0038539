-- DropIndex
DROP INDEX "funding_payment_venue_account_id_symbol_time_key";

-- AlterTable
ALTER TABLE "funding_payment" ADD COLUMN     "position_id" TEXT NOT NULL DEFAULT '';

-- Payments that are booked already belong to the position that the entry of their trade opened
UPDATE "funding_payment" AS paid SET "position_id" = entry."venue_order_id"
FROM "order" AS entry
WHERE paid."venue" = 'ostium' AND entry."trade_id" = paid."trade_id" AND entry."leg" = 'entry'
  AND entry."venue_order_id" IS NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "funding_payment_venue_account_id_symbol_position_id_time_key" ON "funding_payment"("venue", "account_id", "symbol", "position_id", "time");
