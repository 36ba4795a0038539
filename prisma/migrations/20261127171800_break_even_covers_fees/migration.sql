-- Agents that took the default exits have a break-even without an offset, which covers the fees of the account
UPDATE agent SET barriers = barriers #- '{breakEven,offsetPct}'
WHERE barriers = '{"stopLoss": {"pct": 5}, "breakEven": {"afterTakeProfit": 1, "offsetPct": 0}, "trailing": [{"activatesAtPct": 0, "distancePct": 1}], "timeLimitMs": 86400000}'::jsonb;
