-- AlterTable
ALTER TABLE "fill" ADD COLUMN     "position_before" DECIMAL(38,18);
