-- AlterTable
ALTER TABLE "agent" ADD COLUMN     "follow_ups" TEXT NOT NULL DEFAULT 'ignore',
ADD COLUMN     "opposite_calls" TEXT NOT NULL DEFAULT 'ignore';

-- CreateTable
CREATE TABLE "trade_instruction" (
    "id" UUID NOT NULL,
    "trade_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "fraction" DOUBLE PRECISION,
    "stop_price" DECIMAL(38,18),
    "part" JSONB,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trade_instruction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "held_call" (
    "id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "side" "side" NOT NULL,
    "draft" JSONB NOT NULL,
    "until" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "held_call_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "trade_instruction_message_id_idx" ON "trade_instruction"("message_id");

-- CreateIndex
CREATE INDEX "trade_instruction_ended_at_created_at_idx" ON "trade_instruction"("ended_at", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "trade_instruction_trade_id_message_id_action_key" ON "trade_instruction"("trade_id", "message_id", "action");

-- CreateIndex
CREATE INDEX "held_call_agent_id_idx" ON "held_call"("agent_id");

-- CreateIndex
CREATE INDEX "held_call_ended_at_created_at_idx" ON "held_call"("ended_at", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "held_call_message_id_agent_id_symbol_side_key" ON "held_call"("message_id", "agent_id", "symbol", "side");

-- AddForeignKey
ALTER TABLE "trade_instruction" ADD CONSTRAINT "trade_instruction_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trade_instruction" ADD CONSTRAINT "trade_instruction_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_call" ADD CONSTRAINT "held_call_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_call" ADD CONSTRAINT "held_call_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
