-- CreateTable
CREATE TABLE "message_revision" (
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_revision_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "message_revision_message_id_digest_key" ON "message_revision"("message_id", "digest");

-- AddForeignKey
ALTER TABLE "message_revision" ADD CONSTRAINT "message_revision_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "source_message"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
