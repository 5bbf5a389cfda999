// Printed by `danvan schema`; not edited by hand.

diesel::table! {
    communes (id) {
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        code -> Text,
        name -> Text,
        kind -> Text,
        province_code -> Text,
        province_name -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        history -> Jsonb,
        successors -> Array<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    epochs (id) {
        id -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    feed_marks (feed_id, kind) {
        feed_id -> Uuid,
        kind -> Text,
        number -> Int8,
    }
}

diesel::table! {
    feeds (id) {
        id -> Uuid,
        number -> Int8,
    }
}

diesel::table! {
    grants (id) {
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        user_id -> Uuid,
        role -> Text,
        commune_id -> Nullable<Uuid>,
        unit_id -> Nullable<Uuid>,
        hamlet_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        acting_for -> Nullable<Uuid>,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    hamlets (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        code -> Text,
        name -> Text,
        alternative_names -> Array<Text>,
        kind -> Text,
        sort_order -> Int4,
        household_count -> Nullable<Int4>,
        population -> Nullable<Int4>,
        meeting_house -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        successors -> Array<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    idempotency_keys (feed_id, user_id, key) {
        feed_id -> Uuid,
        user_id -> Uuid,
        key -> Text,
        request_hash -> Bytea,
        status -> Int2,
        row_id -> Uuid,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    journal (feed_id, number, seq) {
        feed_id -> Uuid,
        number -> Int8,
        seq -> Int4,
        at -> Timestamptz,
        occurred_at -> Nullable<Timestamptz>,
        kind -> Text,
        row_id -> Uuid,
        action -> Text,
        changes -> Jsonb,
        reason -> Nullable<Text>,
        user_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        acting_for -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        device_id -> Nullable<Text>,
        request_id -> Nullable<Uuid>,
        old_campaign_id -> Nullable<Uuid>,
        old_hamlet_id -> Nullable<Uuid>,
        old_unit_id -> Nullable<Uuid>,
        old_owner_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        hamlet_id -> Nullable<Uuid>,
        unit_id -> Nullable<Uuid>,
        owner_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    journal_seals (feed_id, to_number) {
        feed_id -> Uuid,
        from_number -> Int8,
        to_number -> Int8,
        row_count -> Int8,
        hash -> Bytea,
        sealed_at -> Timestamptz,
    }
}

diesel::table! {
    schema_tolerance (oldest_program) {
        oldest_program -> Int8,
        noted_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        device_id -> Nullable<Text>,
        device_name -> Text,
        seed -> Bytea,
        refresh_count -> Int4,
        signed_in_at -> Timestamptz,
        last_used_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_codes (id) {
        id -> Uuid,
        user_id -> Uuid,
        code_hash -> Bytea,
        issued_by -> Uuid,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        public_jwk -> Jsonb,
        sealed_private -> Bytea,
        made_at -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    throttles (subject) {
        subject -> Text,
        failures -> Int4,
        last_failure_at -> Timestamptz,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        username -> Text,
        display_name -> Text,
        phone -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Timestamptz>,
        status -> Text,
        home_commune_id -> Nullable<Uuid>,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(communes, epochs, feed_marks, feeds, grants, hamlets, idempotency_keys, journal, journal_seals, schema_tolerance, sessions, sign_in_codes, signing_keys, throttles, users);
