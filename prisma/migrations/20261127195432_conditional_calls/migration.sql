-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "conditional_calls" TEXT NOT NULL DEFAULT 'skip';
