-- AlterEnum
ALTER TYPE "order_kind" ADD VALUE 'post_only';
