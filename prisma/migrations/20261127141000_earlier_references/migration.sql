-- AlterTable
ALTER TABLE "order" ADD COLUMN     "earlier_references" TEXT;
