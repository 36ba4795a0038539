-- A deployment that was left leaves its wallet free for a new one of its agent.
DROP INDEX "agent_deployment_agent_id_wallet_address_key";
CREATE INDEX "agent_deployment_agent_id_wallet_address_idx" ON "agent_deployment"("agent_id", "wallet_address");
CREATE UNIQUE INDEX "agent_deployment_followed_once" ON "agent_deployment"("agent_id", "wallet_address")
  WHERE status <> 'archived';
-- What was paid of a month that a deployment does not see is credited.
ALTER TABLE "billing_event" DROP CONSTRAINT "billing_event_amount_range";
ALTER TABLE "billing_event" ADD CONSTRAINT "billing_event_amount_range" CHECK (
  "amount_usd" >= 0 OR "subject" LIKE 'trade/%/correction/%'
  OR ("kind" = 'subscription' AND "subject" LIKE 'deployment/%/credit')
);
