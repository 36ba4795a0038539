-- AlterTable
ALTER TABLE "venue_status" ADD COLUMN     "open_markets" INTEGER,
ADD COLUMN     "priced_at" TIMESTAMPTZ(3);

-- CheckConstraint
ALTER TABLE "routing_config" ADD CONSTRAINT "routing_config_rules" CHECK ("mode" IN ('priority', 'best') AND cardinality("venues") > 0);
ALTER TABLE "venue_status" ADD CONSTRAINT "venue_status_open_markets_range" CHECK ("open_markets" >= 0);
