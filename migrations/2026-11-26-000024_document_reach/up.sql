-- Who may read a document once it is issued: all who work in the commune, its recipients alone, or the office alone.
ALTER TABLE documents ADD COLUMN reach text NOT NULL DEFAULT 'commune'
    CONSTRAINT documents_reach_check CHECK (reach IN ('commune', 'recipients', 'internal'));
