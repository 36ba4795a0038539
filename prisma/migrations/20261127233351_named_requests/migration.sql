-- CreateTable
CREATE TABLE "named_request" (
    "user_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "status" INTEGER,
    "answer" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "named_request_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateIndex
CREATE INDEX "named_request_created_at_idx" ON "named_request"("created_at");

-- AddForeignKey
ALTER TABLE "named_request" ADD CONSTRAINT "named_request_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
