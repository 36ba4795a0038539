-- AlterTable
ALTER TABLE "routing_decision" ADD COLUMN     "costs" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "mode" TEXT NOT NULL DEFAULT 'priority';
