-- A call hides from the schema tool that two tables share a sequence, which it would drop with every migration.
CREATE FUNCTION next_event_id() RETURNS bigint LANGUAGE sql AS 'SELECT nextval(''trade_event_id_seq''::regclass)';

-- AlterTable
ALTER TABLE "system_event" ALTER COLUMN "id" SET DEFAULT next_event_id();
