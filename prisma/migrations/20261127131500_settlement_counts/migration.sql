-- AlterTable
ALTER TABLE "trade" ADD COLUMN     "is_adopted" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "is_provisional" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "settled_fills" INTEGER,
ADD COLUMN     "settled_funding" INTEGER;

-- Trades of before: what their settlement counted is what is booked now.
UPDATE "trade" SET "is_adopted" = true FROM "signal" WHERE "signal"."id" = "trade"."signal_id" AND "signal"."origin" = 'adoption';
UPDATE "trade" SET
  "settled_fills" = (SELECT count(*) FROM "fill" WHERE "fill"."trade_id" = "trade"."id"),
  "settled_funding" = (SELECT count(*) FROM "funding_payment" AS "paid" WHERE "paid"."trade_id" = "trade"."id")
WHERE "phase" = 'closed';

-- A bill is never changed: one that came out too high is followed by a credit.
ALTER TABLE "billing_event" DROP CONSTRAINT "billing_event_amount_range";
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_amount_range" CHECK ("amount_usd" >= 0 OR "subject" LIKE 'trade/%/correction/%');

-- Not known to the schema: what is looked for every minute is seldom there.
CREATE INDEX "trade_provisional" ON "trade" ("venue", "account_id") WHERE "is_provisional";
