-- AlterTable
ALTER TABLE "agent_deployment" ADD COLUMN     "is_billed" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "order" ADD COLUMN     "first_answered_at" TIMESTAMPTZ(3),
ADD COLUMN     "first_status" "order_status",
ADD COLUMN     "placed_size" DECIMAL(38,18),
ADD COLUMN     "placed_trigger_price" DECIMAL(38,18);
