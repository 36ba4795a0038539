-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('user', 'creator', 'admin');

-- CreateEnum
CREATE TYPE "access_scope" AS ENUM ('read', 'trade', 'admin');

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "scopes" "access_scope"[] DEFAULT ARRAY['read', 'trade', 'admin']::"access_scope"[];

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "role" "user_role" NOT NULL DEFAULT 'user';

-- Who is there already owns the installation.
UPDATE "user" SET "role" = 'admin';
