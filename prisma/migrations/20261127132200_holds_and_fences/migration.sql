-- AlterTable
ALTER TABLE "order" ADD COLUMN     "fence_nonce" BIGINT,
ADD COLUMN     "fence_sent_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "trade_hold" (
    "trade_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,

    CONSTRAINT "trade_hold_pkey" PRIMARY KEY ("trade_id")
);
