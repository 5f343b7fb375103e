-- Mending partitions ---------------------------------------------------------------------------

CREATE FUNCTION repair_token_partitions(last_year INTEGER) RETURNS BIGINT
LANGUAGE plpgsql AS $$
DECLARE
    years INTEGER[];
    year INTEGER;
    columns TEXT;
    reference RECORD;
    references_again TEXT[] := '{}';
    statement TEXT;
    moved BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('callboard partitions'));
    SELECT array_agg(DISTINCT extract(year FROM service_day)::INTEGER) INTO years
    FROM tokens_default WHERE service_day < make_date(last_year + 1, 1, 1);
    IF years IS NULL THEN
        RETURN 0;
    END IF;
    LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE;

    -- PostgreSQL lets no partition go whose rows are referenced, for a moment neither.
    FOR reference IN
        SELECT conname, conrelid::regclass AS of_table, pg_get_constraintdef(oid) AS definition
        FROM pg_constraint
        WHERE confrelid = 'tokens'::regclass AND contype = 'f' AND conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', reference.of_table, reference.conname);
        references_again := references_again || format(
            'ALTER TABLE %s ADD CONSTRAINT %I %s',
            reference.of_table, reference.conname, reference.definition
        );
    END LOOP;

    ALTER TABLE tokens DETACH PARTITION tokens_default;
    FOREACH year IN ARRAY years LOOP
        PERFORM ensure_token_partitions(year, year);
    END LOOP;
    -- What is generated cannot be inserted.
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute
    WHERE attrelid = 'tokens'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format(
        'WITH gone AS (DELETE FROM tokens_default WHERE service_day < make_date($1 + 1, 1, 1) RETURNING *)'
        ' INSERT INTO tokens (%1$s) SELECT %1$s FROM gone', columns
    ) USING last_year;
    GET DIAGNOSTICS moved = ROW_COUNT;
    ALTER TABLE tokens ATTACH PARTITION tokens_default DEFAULT;

    FOREACH statement IN ARRAY references_again LOOP
        EXECUTE statement;
    END LOOP;
    RETURN moved;
END;
$$;
COMMENT ON FUNCTION repair_token_partitions IS
    'Moves tokens of years up to this one from the default partition to partitions of their own';
