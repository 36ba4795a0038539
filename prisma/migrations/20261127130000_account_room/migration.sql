-- Value in USD of what the books plan or hold in an account beyond `held`, which has the size that the venue showed of
-- each instrument. It is a function because a query reads what had been committed when its statement began, and a
-- volatile function what has been committed when it is called: after the statement has waited for its turn.
CREATE FUNCTION reserved_usd(at_venue venue_name, of_account text, of_trade uuid, held jsonb) RETURNS numeric
LANGUAGE sql VOLATILE
RETURN (
  SELECT COALESCE(sum(GREATEST(0, booked.size - COALESCE((held ->> booked.symbol)::numeric, 0)) * booked.price), 0)
  FROM (
    SELECT symbol, COALESCE(remaining_size, (plan ->> 'size')::numeric) AS size,
      COALESCE(entry_price, (plan ->> 'referencePrice')::numeric) AS price
    FROM trade
    WHERE venue = at_venue AND account_id = of_account AND id <> of_trade
      AND phase IN ('opening', 'open', 'closing')
  ) AS booked
);
