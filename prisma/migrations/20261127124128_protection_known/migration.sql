-- AlterTable
ALTER TABLE "order" ADD COLUMN     "move" JSONB;


-- A watch names its targets one by one: those that rest at the venue, and those that have filled.
UPDATE "watch" SET "levels" = ("levels" - 'areTargetsResident' - 'firedTargets' - 'targetsFilled') || jsonb_build_object(
  'filledTargets', COALESCE((
    SELECT jsonb_agg(target->'leg' ORDER BY position)
    FROM jsonb_array_elements("levels"->'barriers'->'targets') WITH ORDINALITY AS each(target, position)
    WHERE position <= COALESCE(("levels"->>'targetsFilled')::int, 0)
  ), '[]'::jsonb),
  'restingTargets', COALESCE((
    SELECT jsonb_agg(target->'leg' ORDER BY position)
    FROM jsonb_array_elements("levels"->'barriers'->'targets') WITH ORDINALITY AS each(target, position)
    WHERE ("levels"->>'areTargetsResident')::boolean AND position > COALESCE(("levels"->>'firedTargets')::int, 0)
  ), '[]'::jsonb)
);
