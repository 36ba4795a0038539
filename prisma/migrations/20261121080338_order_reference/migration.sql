-- AlterTable
ALTER TABLE "order" ADD COLUMN     "reference" TEXT;
