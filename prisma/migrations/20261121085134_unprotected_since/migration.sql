-- AlterTable
ALTER TABLE "trade" ADD COLUMN     "unprotected_since" TIMESTAMPTZ(3);
