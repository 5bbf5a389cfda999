// Printed by `danvan schema`; not edited by hand.

diesel::table! {
    activities (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        plan_item_id -> Nullable<Uuid>,
        code -> Text,
        kind -> Text,
        title -> Text,
        public_title -> Nullable<Text>,
        description -> Nullable<Text>,
        date -> Nullable<Date>,
        session -> Nullable<Text>,
        starts_at -> Nullable<Timestamptz>,
        ends_at -> Nullable<Timestamptz>,
        sort_at -> Timestamptz,
        place -> Jsonb,
        hamlet_id -> Nullable<Uuid>,
        work_types -> Array<Text>,
        lead_user_id -> Nullable<Uuid>,
        capacity -> Nullable<Int4>,
        preparation -> Jsonb,
        outside_period -> Bool,
        published_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        continues_id -> Nullable<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
        course -> Jsonb,
    }
}

diesel::table! {
    activity_sums (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        hamlet_id -> Nullable<Uuid>,
        seats_taken -> Int4,
        waiting -> Int4,
        pending -> Int4,
        present -> Int4,
        man_days -> Double,
        status -> Text,
        request_hash -> Bytea,
        figures -> Jsonb,
        military_man_days -> Double,
    }
}

diesel::table! {
    activity_units (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        activity_id -> Uuid,
        unit_id -> Uuid,
        role -> Text,
        headcount_planned -> Nullable<Int4>,
        headcount_actual -> Nullable<Int4>,
        released_at -> Nullable<Timestamptz>,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    api_clients (id) {
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        commune_id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        scopes -> Array<Text>,
        unit_id -> Nullable<Uuid>,
        campaign_id -> Nullable<Uuid>,
        expires_on -> Date,
        last_used_on -> Nullable<Date>,
        secrets -> Jsonb,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    award_parameters (id) {
        id -> Uuid,
        valid_from -> Date,
        base_salary_vnd -> Int8,
        coefficient_thousandths -> Int4,
        household_hundredths -> Int4,
        collective_hundredths -> Int4,
        rounding_step_vnd -> Int8,
        source -> Text,
        noted_at -> Timestamptz,
    }
}

diesel::table! {
    calendar_links (user_id, commune_id) {
        user_id -> Uuid,
        commune_id -> Uuid,
        token_hash -> Bytea,
        made_at -> Timestamptz,
    }
}

diesel::table! {
    campaign_sums (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        extent -> Text,
        hamlet_id -> Nullable<Uuid>,
        present -> Int4,
        man_days -> Double,
        figures -> Jsonb,
        military_man_days -> Double,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    campaigns (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        code -> Text,
        name -> Text,
        year -> Int4,
        movement -> Nullable<Text>,
        criteria_tags -> Array<Text>,
        start_date -> Date,
        end_date -> Date,
        partner_unit_ids -> Array<Uuid>,
        purposes -> Jsonb,
        requirements -> Jsonb,
        general_directions -> Jsonb,
        funding_sources -> Array<Text>,
        day_sessions -> Jsonb,
        lodging -> Jsonb,
        published_at -> Nullable<Timestamptz>,
        suspended_from -> Nullable<Text>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
        plan_document_id -> Nullable<Uuid>,
        roads_close_on -> Nullable<Date>,
        presence_tolerance_minutes -> Int4,
    }
}

diesel::table! {
    check_in_keys (kid) {
        kid -> Text,
        public_jwk -> Jsonb,
        sealed_private -> Bytea,
        made_at -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
    }
}

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
    consents (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        volunteer_id -> Uuid,
        purpose -> Text,
        text_version -> Text,
        given_via -> Text,
        recorded_by -> Nullable<Uuid>,
        given_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        guardian -> Nullable<Jsonb>,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    document_recipients (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        document_id -> Uuid,
        text_as_printed -> Text,
        unit_id -> Nullable<Uuid>,
        archive -> Bool,
        sort_order -> Int4,
        sent_at -> Nullable<Timestamptz>,
        read_at -> Nullable<Timestamptz>,
        read_by -> Nullable<Uuid>,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    documents (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Nullable<Uuid>,
        kind -> Text,
        number -> Nullable<Int4>,
        symbol -> Text,
        place -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        year -> Int4,
        issuing_unit_id -> Uuid,
        drafting_unit_id -> Nullable<Uuid>,
        subject -> Text,
        intro -> Nullable<Text>,
        closing -> Nullable<Text>,
        bases -> Jsonb,
        sections -> Jsonb,
        annexes -> Jsonb,
        signature -> Jsonb,
        replaces_id -> Nullable<Uuid>,
        replaces_as -> Nullable<Text>,
        published_at -> Nullable<Timestamptz>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
        reach -> Text,
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
        ended_on -> Nullable<Date>,
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
        given_by -> Nullable<Uuid>,
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
        geometry -> Nullable<Jsonb>,
    }
}

diesel::table! {
    headcounts (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        unit_id -> Uuid,
        date -> Date,
        officers -> Int4,
        soldiers -> Int4,
        status -> Text,
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
    import_work (import_id) {
        import_id -> Uuid,
        commune_id -> Uuid,
        scopes -> Array<Text>,
        rows -> Jsonb,
        made_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        attempts -> Int4,
        rows_checked -> Int4,
        report -> Jsonb,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    imports (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        user_id -> Uuid,
        client_id -> Nullable<Uuid>,
        kind -> Text,
        file_name -> Nullable<Text>,
        campaign_id -> Nullable<Uuid>,
        group_id -> Nullable<Uuid>,
        dry_run -> Bool,
        skip_errors -> Bool,
        rows_total -> Int4,
        rows_imported -> Int4,
        rows_refused -> Int4,
        problem -> Nullable<Text>,
        status -> Text,
        request_hash -> Bytea,
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
        keyed -> Bool,
    }
}

diesel::table! {
    kinds (list, code) {
        list -> Text,
        code -> Text,
        label_vi -> Text,
        label_en -> Text,
        sort_order -> Int4,
        offered -> Bool,
    }
}

diesel::table! {
    known_networks (subject) {
        subject -> Text,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    metrics (code) {
        code -> Text,
        label_vi -> Text,
        label_en -> Text,
        unit_vi -> Text,
        unit_en -> Text,
        whole -> Bool,
        sort_order -> Int4,
    }
}

diesel::table! {
    military_units (id) {
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name -> Text,
        short_name -> Nullable<Text>,
        aliases -> Array<Text>,
        kind -> Text,
        parent_id -> Nullable<Uuid>,
        ancestors -> Array<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    plan_items (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        code -> Text,
        label_as_printed -> Nullable<Text>,
        text -> Text,
        kind -> Text,
        sort_order -> Int4,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    reads (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        user_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        request_id -> Uuid,
        operation -> Text,
        resource -> Text,
        row_ids -> Array<Uuid>,
        fields -> Array<Text>,
    }
}

diesel::table! {
    results (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        activity_id -> Uuid,
        hamlet_id -> Nullable<Uuid>,
        road_registration_id -> Nullable<Uuid>,
        unit_id -> Nullable<Uuid>,
        side -> Text,
        work_type -> Nullable<Text>,
        metric -> Text,
        value -> Double,
        note -> Nullable<Text>,
        reported_by -> Nullable<Uuid>,
        verified_by -> Nullable<Uuid>,
        status -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    rewards (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        activity_id -> Nullable<Uuid>,
        subject_type -> Text,
        subject_id -> Nullable<Uuid>,
        subject_name -> Text,
        subject_key -> Text,
        subject_class -> Text,
        hamlet_id -> Nullable<Uuid>,
        unit_id -> Nullable<Uuid>,
        achievement -> Text,
        kind -> Text,
        form -> Text,
        nominated_by -> Nullable<Uuid>,
        check_result -> Nullable<Jsonb>,
        council -> Nullable<Jsonb>,
        decision_id -> Nullable<Uuid>,
        evidence -> Jsonb,
        amount_vnd -> Nullable<Int8>,
        award_parameter_id -> Nullable<Uuid>,
        certificate_number -> Nullable<Text>,
        presented_on -> Nullable<Date>,
        presented_activity_id -> Nullable<Uuid>,
        name_consent -> Bool,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
    }
}

diesel::table! {
    road_registrations (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        hamlet_id -> Uuid,
        road_name -> Text,
        from_place -> Nullable<Text>,
        to_place -> Nullable<Text>,
        length_m -> Int4,
        width_m -> Nullable<Double>,
        work_types -> Array<Text>,
        condition -> Nullable<Text>,
        priority -> Text,
        wanted_dates -> Array<Date>,
        residents_expected -> Nullable<Int4>,
        tools -> Array<Text>,
        contact -> Nullable<Jsonb>,
        survey_note -> Nullable<Text>,
        surveyed_at -> Nullable<Timestamptz>,
        source -> Text,
        late -> Bool,
        accepted_length_m -> Nullable<Int4>,
        merged_into -> Nullable<Uuid>,
        activity_ids -> Array<Uuid>,
        done_length_m -> Int4,
        done_by -> Nullable<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
        geometry -> Nullable<Jsonb>,
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
        session_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    sign_ups (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        campaign_id -> Uuid,
        activity_id -> Uuid,
        volunteer_id -> Nullable<Uuid>,
        group_name -> Nullable<Text>,
        unit_id -> Nullable<Uuid>,
        hamlet_id -> Nullable<Uuid>,
        headcount_signed_up -> Int4,
        headcount_present -> Nullable<Int4>,
        source -> Text,
        reconfirmation -> Nullable<Text>,
        checked_in_at -> Nullable<Timestamptz>,
        check_in_method -> Nullable<Text>,
        late -> Bool,
        walk_in -> Bool,
        checked_out_at -> Nullable<Timestamptz>,
        minutes -> Nullable<Int4>,
        man_days -> Nullable<Double>,
        note -> Nullable<Text>,
        group_id -> Nullable<Uuid>,
        status -> Text,
        request_hash -> Bytea,
        check_in_device -> Nullable<Text>,
        marks -> Array<Text>,
        apart_of -> Nullable<Uuid>,
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
    unit_kinds (code) {
        code -> Text,
        label_vi -> Text,
        label_en -> Text,
    }
}

diesel::table! {
    units (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        code -> Text,
        name -> Text,
        short_name -> Nullable<Text>,
        aliases -> Array<Text>,
        kind -> Text,
        functions -> Array<Text>,
        parent_id -> Nullable<Uuid>,
        military_unit_id -> Nullable<Uuid>,
        agency_code -> Nullable<Text>,
        contact_name -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        liaison_contact -> Nullable<Text>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        successor_id -> Nullable<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
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

diesel::table! {
    volunteers (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        full_name -> Text,
        birth_year -> Nullable<Int4>,
        phone -> Nullable<Text>,
        phone_masked -> Nullable<Text>,
        category -> Nullable<Text>,
        unit_id -> Nullable<Uuid>,
        hamlet_id -> Nullable<Uuid>,
        skills -> Array<Text>,
        emergency_contact -> Nullable<Jsonb>,
        user_id -> Nullable<Uuid>,
        source -> Text,
        merged_into -> Nullable<Uuid>,
        status -> Text,
        search -> Text,
        request_hash -> Bytea,
        given_name -> Text,
    }
}

diesel::table! {
    webhook_deliveries (webhook_id, id) {
        webhook_id -> Uuid,
        id -> Uuid,
        commune_id -> Uuid,
        number -> Int8,
        seq -> Int4,
        kind -> Text,
        row_id -> Uuid,
        action -> Text,
        made_at -> Timestamptz,
        status -> Text,
        attempts -> Int4,
        next_attempt_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        last_status -> Nullable<Int4>,
        last_error -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_positions (webhook_id) {
        webhook_id -> Uuid,
        commune_id -> Uuid,
        number -> Int8,
        seq -> Int4,
    }
}

diesel::table! {
    webhooks (commune_id, id) {
        commune_id -> Uuid,
        id -> Uuid,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        user_id -> Uuid,
        client_id -> Nullable<Uuid>,
        name -> Text,
        url -> Text,
        events -> Array<Text>,
        exclude_own -> Bool,
        secrets -> Jsonb,
        status -> Text,
        disabled_reason -> Nullable<Text>,
        request_hash -> Bytea,
        scopes -> Array<Text>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(activities, activity_sums, activity_units, api_clients, award_parameters, calendar_links, campaign_sums, campaigns, check_in_keys, communes, consents, document_recipients, documents, epochs, feed_marks, feeds, grants, hamlets, headcounts, idempotency_keys, import_work, imports, journal, journal_seals, kinds, known_networks, metrics, military_units, plan_items, reads, results, rewards, road_registrations, schema_tolerance, sessions, sign_in_codes, sign_ups, signing_keys, throttles, unit_kinds, units, users, volunteers, webhook_deliveries, webhook_positions, webhooks);
