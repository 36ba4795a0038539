-- DropIndex
DROP INDEX "trading_key_address_key";

-- CreateIndex
CREATE INDEX "trading_key_address_idx" ON "trading_key"("address");
