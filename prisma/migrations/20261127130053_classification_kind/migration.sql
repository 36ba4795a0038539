-- AlterTable
ALTER TABLE "classification" ADD COLUMN     "kind" TEXT;
