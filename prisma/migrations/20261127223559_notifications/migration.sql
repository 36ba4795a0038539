-- CreateEnum
CREATE TYPE "channel_kind" AS ENUM ('telegram', 'discord', 'slack', 'webhook', 'email');

-- CreateEnum
CREATE TYPE "notification_status" AS ENUM ('waiting', 'sending', 'sent', 'failed');

-- CreateTable
CREATE TABLE "notification_channel" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "channel_kind" NOT NULL,
    "name" TEXT NOT NULL,
    "status" "life_status" NOT NULL DEFAULT 'active',
    "label" TEXT NOT NULL,
    "sealed_target" BYTEA,
    "seal_key_id" TEXT,
    "chat_id" TEXT,
    "link_hash" TEXT,
    "link_until" TIMESTAMPTZ(3),
    "topics" TEXT[],
    "min_severity" TEXT NOT NULL DEFAULT 'info',
    "quiet_from" INTEGER,
    "quiet_to" INTEGER,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "digest" TEXT NOT NULL DEFAULT 'none',
    "retry_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "stop_code" TEXT,
    "last_sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_channel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "event_id" BIGINT NOT NULL,
    "notice" JSONB NOT NULL,
    "severity" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "is_held" BOOLEAN NOT NULL DEFAULT false,
    "status" "notification_status" NOT NULL DEFAULT 'waiting',
    "message_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_message" (
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "status" "notification_status" NOT NULL DEFAULT 'sending',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_reader" (
    "name" TEXT NOT NULL,
    "tx" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,

    CONSTRAINT "event_reader_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "notification_channel_link_hash_key" ON "notification_channel"("link_hash");

-- CreateIndex
CREATE INDEX "notification_channel_chat_id_idx" ON "notification_channel"("chat_id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_channel_user_id_name_key" ON "notification_channel"("user_id", "name");

-- CreateIndex
CREATE INDEX "notification_message_id_idx" ON "notification"("message_id");

-- CreateIndex
CREATE INDEX "notification_created_at_idx" ON "notification"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "notification_channel_id_event_id_key" ON "notification"("channel_id", "event_id");

-- CreateIndex
CREATE INDEX "notification_message_channel_id_sent_at_idx" ON "notification_message"("channel_id", "sent_at");

-- CreateIndex
CREATE INDEX "notification_message_created_at_idx" ON "notification_message"("created_at");

-- AddForeignKey
ALTER TABLE "notification_channel" ADD CONSTRAINT "notification_channel_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification" ADD CONSTRAINT "notification_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channel"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification" ADD CONSTRAINT "notification_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "notification_message"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_message" ADD CONSTRAINT "notification_message_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channel"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Few notifications wait, among many that were told.
CREATE INDEX "notification_waiting" ON "notification" ("channel_id", "due_at") WHERE "status" = 'waiting';
-- A channel is sent one message at a time.
CREATE UNIQUE INDEX "notification_message_one_at_a_time" ON "notification_message" ("channel_id") WHERE "status" = 'sending';
ALTER TABLE "notification_channel" ADD CONSTRAINT "notification_channel_quiet_range"
  CHECK ("quiet_from" BETWEEN 0 AND 1439 AND "quiet_to" BETWEEN 0 AND 1439);
