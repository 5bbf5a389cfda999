-- Made with the service's secret: who has the database alone makes none.
ALTER TABLE journal_seals ADD COLUMN keyed boolean NOT NULL DEFAULT false;
-- What is swept is found without walking the tables.
CREATE INDEX reads_swept_idx ON reads (at);
CREATE INDEX sign_in_codes_expires_at_idx ON sign_in_codes (expires_at);
CREATE INDEX sessions_last_used_at_idx ON sessions (last_used_at);
-- Who saw personal data is kept two years, and no shorter: the service's role removes no row by itself.
CREATE FUNCTION sweep_reads(most int) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH gone AS (
        DELETE FROM public.reads WHERE id IN (SELECT id FROM public.reads WHERE at < now() - interval '730 days' ORDER BY at LIMIT most) RETURNING 1
    ) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION sweep_reads(int) FROM PUBLIC;
