-- AlterTable
ALTER TABLE "source_message" ADD COLUMN     "retry_at" TIMESTAMPTZ(3),
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;
