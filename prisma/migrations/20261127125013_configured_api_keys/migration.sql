-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "is_configured" BOOLEAN NOT NULL DEFAULT false;

-- Keys of before from the configuration cannot be told from the one of the first start, which is known by its file.
UPDATE "api_key" SET "is_configured" = true WHERE "name" = 'first';
