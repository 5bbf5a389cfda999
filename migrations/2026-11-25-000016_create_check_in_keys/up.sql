-- Keys that check-in codes are signed with. Apart from the keys of access tokens: a printed code is verified long after
-- it was signed, and a program that does not know these keys must not sign tokens with them.
CREATE TABLE check_in_keys (
    kid text CONSTRAINT check_in_keys_pkey PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    sealed_private bytea NOT NULL,
    made_at timestamptz NOT NULL,
    retired_at timestamptz
);
