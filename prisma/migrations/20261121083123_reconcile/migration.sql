-- AlterEnum
ALTER TYPE "signal_origin" ADD VALUE 'adoption';

-- CreateTable
CREATE TABLE "account_check" (
    "venue" "venue_name" NOT NULL,
    "account_id" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "full_at" TIMESTAMPTZ(3),
    "corrections" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "account_check_pkey" PRIMARY KEY ("venue","account_id")
);

-- CreateIndex
CREATE INDEX "account_check_checked_at_idx" ON "account_check"("checked_at");
