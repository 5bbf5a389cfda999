-- What a certificate of merit is worth, by the day of the decision. Data, since decrees change: set by
-- `danvan parameters set`. Money is whole đồng; the coefficient is in thousandths of the base salary, multipliers in
-- hundredths of the individual's amount.
CREATE TABLE award_parameters (
    id uuid CONSTRAINT award_parameters_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    valid_from date NOT NULL CONSTRAINT award_parameters_valid_from_key UNIQUE,
    base_salary_vnd bigint NOT NULL CONSTRAINT award_parameters_base_check CHECK (base_salary_vnd > 0),
    coefficient_thousandths int NOT NULL CONSTRAINT award_parameters_coefficient_check CHECK (coefficient_thousandths > 0),
    household_hundredths int NOT NULL CONSTRAINT award_parameters_household_check CHECK (household_hundredths > 0),
    collective_hundredths int NOT NULL CONSTRAINT award_parameters_collective_check CHECK (collective_hundredths > 0),
    rounding_step_vnd bigint NOT NULL CONSTRAINT award_parameters_rounding_check CHECK (rounding_step_vnd > 0),
    source text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO award_parameters (id, valid_from, base_salary_vnd, coefficient_thousandths, household_hundredths, collective_hundredths, rounding_step_vnd, source) VALUES
    ('00000000-0000-0000-0001-000000000001', '2023-07-01', 1800000, 150, 150, 200, 10000, 'Nghị định 98/2023/NĐ-CP; mức lương cơ sở 1.800.000 đồng'),
    ('00000000-0000-0000-0001-000000000002', '2024-07-01', 2340000, 150, 150, 200, 10000, 'Nghị định 98/2023/NĐ-CP; Nghị định 73/2024/NĐ-CP'),
    ('00000000-0000-0000-0001-000000000003', '2025-07-01', 2340000, 300, 150, 200, 10000, 'Nghị định 152/2025/NĐ-CP; Nghị định 73/2024/NĐ-CP'),
    ('00000000-0000-0000-0001-000000000004', '2026-07-01', 2530000, 300, 150, 200, 10000, 'Nghị định 152/2025/NĐ-CP; Nghị định 161/2026/NĐ-CP');

CREATE TABLE rewards (
    commune_id uuid NOT NULL CONSTRAINT rewards_commune_fkey REFERENCES communes,
    id uuid NOT NULL CONSTRAINT rewards_id_key UNIQUE,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    campaign_id uuid NOT NULL,
    activity_id uuid,
    subject_type text NOT NULL CONSTRAINT rewards_subject_type_check CHECK (subject_type IN ('volunteer', 'user', 'unit', 'hamlet', 'household', 'named')),
    subject_id uuid,
    -- The name as printed on the certificate.
    subject_name text COLLATE vi_natural NOT NULL,
    -- The subject's id, or its folded name: what tells that two rewards are of one subject.
    subject_key text NOT NULL,
    subject_class text NOT NULL CONSTRAINT rewards_subject_class_check CHECK (subject_class IN ('individual', 'household', 'collective')),
    hamlet_id uuid,
    unit_id uuid,
    achievement text NOT NULL,
    kind text NOT NULL CONSTRAINT rewards_kind_check CHECK (kind IN ('thematic', 'irregular')),
    form text NOT NULL CONSTRAINT rewards_form_check CHECK (form IN ('certificate_of_merit', 'letter_of_thanks', 'proposal_to_higher_level')),
    nominated_by uuid CONSTRAINT rewards_nominated_by_fkey REFERENCES users,
    -- {disciplined, note}, once the office has checked.
    check_result jsonb,
    -- {met_on, minutes_document_id}, once the council has recommended.
    council jsonb,
    decision_id uuid,
    -- {nominated, decided}: figures at both moments, each with its time.
    evidence jsonb NOT NULL,
    amount_vnd bigint CONSTRAINT rewards_amount_check CHECK (amount_vnd >= 0),
    award_parameter_id uuid CONSTRAINT rewards_award_parameter_fkey REFERENCES award_parameters,
    certificate_number text,
    presented_on date,
    presented_activity_id uuid,
    name_consent boolean NOT NULL,
    status text NOT NULL CONSTRAINT rewards_status_check CHECK (status IN
        ('nominated', 'checked', 'recommended', 'awarded', 'presented', 'rejected', 'withdrawn', 'revoked')),
    search text NOT NULL,
    request_hash bytea NOT NULL,
    CONSTRAINT rewards_pkey PRIMARY KEY (commune_id, id),
    CONSTRAINT rewards_campaign_fkey FOREIGN KEY (commune_id, campaign_id) REFERENCES campaigns (commune_id, id),
    CONSTRAINT rewards_activity_fkey FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
    CONSTRAINT rewards_hamlet_fkey FOREIGN KEY (commune_id, hamlet_id) REFERENCES hamlets (commune_id, id),
    CONSTRAINT rewards_unit_fkey FOREIGN KEY (commune_id, unit_id) REFERENCES units (commune_id, id),
    CONSTRAINT rewards_decision_fkey FOREIGN KEY (commune_id, decision_id) REFERENCES documents (commune_id, id),
    CONSTRAINT rewards_presented_activity_fkey FOREIGN KEY (commune_id, presented_activity_id) REFERENCES activities (commune_id, id),
    CONSTRAINT rewards_subject_check CHECK ((subject_id IS NULL) = (subject_type IN ('named', 'household')))
);
-- No two rewards for one achievement (Law 06/2022/QH15: one form may be given often, one achievement once).
CREATE UNIQUE INDEX rewards_achievement_key ON rewards (commune_id, subject_type, subject_key, campaign_id, activity_id) NULLS NOT DISTINCT
    WHERE status NOT IN ('rejected', 'withdrawn', 'revoked');
CREATE INDEX rewards_created_at_idx ON rewards (commune_id, created_at, id);
CREATE INDEX rewards_subject_name_idx ON rewards (commune_id, subject_name, id);
CREATE INDEX rewards_campaign_idx ON rewards (commune_id, campaign_id);
CREATE INDEX rewards_activity_idx ON rewards (commune_id, activity_id);
CREATE INDEX rewards_hamlet_idx ON rewards (commune_id, hamlet_id);
CREATE INDEX rewards_unit_idx ON rewards (commune_id, unit_id);
CREATE INDEX rewards_decision_idx ON rewards (commune_id, decision_id);
CREATE INDEX rewards_presented_activity_idx ON rewards (commune_id, presented_activity_id);
CREATE INDEX rewards_subject_idx ON rewards (commune_id, subject_id);
CREATE INDEX rewards_nominated_by_idx ON rewards (nominated_by);
CREATE INDEX rewards_award_parameter_idx ON rewards (award_parameter_id);
