-- AlterEnum
ALTER TYPE "source_kind" ADD VALUE 'telegram';
ALTER TYPE "source_kind" ADD VALUE 'tradingview';
ALTER TYPE "source_kind" ADD VALUE 'manual';

-- AlterTable
ALTER TABLE "source_account" ADD COLUMN     "external_id" TEXT,
ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "last_error" TEXT,
ADD COLUMN     "leased_until" TIMESTAMPTZ(3),
ADD COLUMN     "monthly_reads" INTEGER,
ADD COLUMN     "next_poll_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "period_ms" INTEGER,
ADD COLUMN     "primed_at" TIMESTAMPTZ(3),
ADD COLUMN     "seal_key_id" TEXT,
ADD COLUMN     "sealed_secret" BYTEA,
ADD COLUMN     "stop_code" TEXT,
ADD COLUMN     "title" TEXT;

-- AlterTable
ALTER TABLE "source_message" ADD COLUMN     "author_id" TEXT,
ADD COLUMN     "call" JSONB,
ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "url" TEXT;

-- CreateTable
CREATE TABLE "source_day" (
    "source_account_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "messages" INTEGER NOT NULL DEFAULT 0,
    "edits" INTEGER NOT NULL DEFAULT 0,
    "deletions" INTEGER NOT NULL DEFAULT 0,
    "malformed" INTEGER NOT NULL DEFAULT 0,
    "reads" INTEGER NOT NULL DEFAULT 0,
    "cost_usd" DECIMAL(38,18) NOT NULL DEFAULT 0,

    CONSTRAINT "source_day_pkey" PRIMARY KEY ("source_account_id","day")
);

-- CreateIndex
CREATE INDEX "source_account_kind_next_poll_at_idx" ON "source_account"("kind", "next_poll_at");

-- AddForeignKey
ALTER TABLE "source_day" ADD CONSTRAINT "source_day_source_account_id_fkey" FOREIGN KEY ("source_account_id") REFERENCES "source_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Sources that were polled before have no backlog to pass over.
UPDATE "source_account" SET "primed_at" = "polled_at";

ALTER TABLE "source_account" ADD CONSTRAINT "source_account_period_ms_check" CHECK ("period_ms" > 0);
ALTER TABLE "source_account" ADD CONSTRAINT "source_account_monthly_reads_check" CHECK ("monthly_reads" >= 0);
