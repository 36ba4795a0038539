-- DropIndex
DROP INDEX "signal_agent_id_symbol_side_bucket_key";

-- AlterTable
ALTER TABLE "signal" DROP COLUMN "bucket";

-- CreateTable
CREATE TABLE "latest_call" (
    "agent_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" "side" NOT NULL,
    "called_at" TIMESTAMPTZ(3) NOT NULL,
    "signal_id" UUID NOT NULL,

    CONSTRAINT "latest_call_pkey" PRIMARY KEY ("agent_id","symbol","side")
);

-- CreateIndex
CREATE UNIQUE INDEX "latest_call_signal_id_key" ON "latest_call"("signal_id");

-- CreateIndex
CREATE INDEX "signal_agent_id_idx" ON "signal"("agent_id");

-- AddForeignKey
ALTER TABLE "latest_call" ADD CONSTRAINT "latest_call_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The calls of before, as far as they still count: when they were made is known to the second they were stored.
INSERT INTO "latest_call" ("agent_id", "symbol", "side", "called_at", "signal_id")
SELECT DISTINCT ON ("agent_id", "symbol", "side") "agent_id", "symbol", "side", "created_at", "id"
FROM "signal" WHERE "origin"::text <> 'adoption'
ORDER BY "agent_id", "symbol", "side", "created_at" DESC;
