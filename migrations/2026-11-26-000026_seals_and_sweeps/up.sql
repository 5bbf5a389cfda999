-- Made with the service's secret: who has the database alone makes none.
ALTER TABLE journal_seals ADD COLUMN keyed boolean NOT NULL DEFAULT false;
-- Who saw personal data is kept two years, and no shorter: the service's role removes no row by itself.
CREATE FUNCTION sweep_reads(most int) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH gone AS (
        DELETE FROM public.reads WHERE id IN (SELECT id FROM public.reads WHERE at < now() - interval '730 days' ORDER BY at LIMIT most) RETURNING 1
    ) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION sweep_reads(int) FROM PUBLIC;
