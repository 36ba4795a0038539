-- CreateTable
CREATE TABLE "source_hook" (
    "id" UUID NOT NULL,
    "source_account_id" UUID NOT NULL,
    "token_hash" TEXT,
    "sealed_secret" BYTEA,
    "seal_key_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_hook_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "source_hook_token_hash_key" ON "source_hook"("token_hash");

-- CreateIndex
CREATE INDEX "source_hook_source_account_id_idx" ON "source_hook"("source_account_id");

-- AddForeignKey
ALTER TABLE "source_hook" ADD CONSTRAINT "source_hook_source_account_id_fkey" FOREIGN KEY ("source_account_id") REFERENCES "source_account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
