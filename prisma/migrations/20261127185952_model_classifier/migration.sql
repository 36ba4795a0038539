-- AlterTable
ALTER TABLE "classification" ADD COLUMN     "answer" JSONB,
ADD COLUMN     "decided_by" TEXT,
ADD COLUMN     "decided_why" TEXT;

-- CreateTable
CREATE TABLE "model_question" (
    "key" TEXT NOT NULL,
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ(3),
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_question_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "model_spend" (
    "day" DATE NOT NULL,
    "source" TEXT NOT NULL,
    "usd" DECIMAL(18,9) NOT NULL,
    "questions" INTEGER NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,

    CONSTRAINT "model_spend_pkey" PRIMARY KEY ("day","source")
);

-- CreateIndex
CREATE INDEX "model_question_created_at_idx" ON "model_question"("created_at");

-- Messages on their way: read by each step, few among all that are kept.
CREATE INDEX "source_message_waiting" ON "source_message" ("source_account_id", "received_at") WHERE "evaluated_at" IS NULL;
