-- AlterTable
ALTER TABLE "trade" ADD COLUMN     "begun_adjustment" JSONB;
