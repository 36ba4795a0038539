-- DropIndex
DROP INDEX "trading_key_deployment_id_venue_key";

-- AlterTable
ALTER TABLE "order" ADD COLUMN     "signer" TEXT;

-- AlterTable
ALTER TABLE "trading_key" ADD COLUMN     "active" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "checked_at" TIMESTAMPTZ(3),
ADD COLUMN     "revoked_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "trading_key_deployment_id_venue_idx" ON "trading_key"("deployment_id", "venue");

-- A revoked key signs nothing more.
UPDATE "trading_key" SET "active" = false WHERE "status" = 'revoked';

-- One key signs for a deployment at a venue, and one more may wait to replace it.
CREATE UNIQUE INDEX "trading_key_one_active" ON "trading_key" ("deployment_id", "venue") WHERE "active";
CREATE UNIQUE INDEX "trading_key_one_waiting" ON "trading_key" ("deployment_id", "venue") WHERE NOT "active" AND "status" <> 'revoked';

-- Until now a deployment had one key per venue, which drew every nonce.
UPDATE "order" SET "signer" = "trading_key"."address" FROM "trade", "trading_key"
WHERE "trade"."id" = "order"."trade_id" AND "trading_key"."deployment_id" = "trade"."deployment_id"
  AND "trading_key"."venue" = "order"."venue" AND "order"."nonce" IS NOT NULL;
