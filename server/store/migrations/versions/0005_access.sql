-- People --------------------------------------------------------------------------------------

ALTER TABLE users
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN password_changed_at TIMESTAMPTZ,
    ADD COLUMN second_factor BYTEA,
    ADD COLUMN second_factor_step BIGINT,
    ADD COLUMN second_factor_offered BYTEA,
    ADD COLUMN deleted_at TIMESTAMPTZ;
COMMENT ON COLUMN users.version IS 'Grows with each edit; an edit names the one it was made from';
COMMENT ON COLUMN users.permissions IS
    '{"granted": [...], "revoked": [...]}: what the person may do beside the role, and may not of it';
COMMENT ON COLUMN users.second_factor IS 'The sealed TOTP secret; NULL without a second factor';
COMMENT ON COLUMN users.second_factor_step IS 'The time step of the newest code: no code is good twice';
COMMENT ON COLUMN users.second_factor_offered IS
    'The sealed TOTP secret that was shown last, until a first code proves that it was taken over';
COMMENT ON COLUMN users.deleted_at IS
    'The account is gone and what was personal erased; the row stays for what the person did';

CREATE TABLE sign_in_failures (
    account_hash BYTEA CONSTRAINT sign_in_failures_pkey PRIMARY KEY,
    failures INTEGER NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE sign_in_failures IS
    'Wrong passwords in a row, by the hash of the user name, known or not: the next try waits longer';
CREATE INDEX idx_sign_in_failures_failed ON sign_in_failures (failed_at);
COMMENT ON INDEX idx_sign_in_failures_failed IS 'Serves forgetting old ones';

CREATE TABLE setup_codes (
    only_row BOOLEAN CONSTRAINT setup_codes_pkey PRIMARY KEY DEFAULT true
        CONSTRAINT setup_codes_only_row_check CHECK (only_row),
    nonce BYTEA NOT NULL,
    tries INTEGER NOT NULL
);
COMMENT ON TABLE setup_codes IS
    'What the code of a server without organizations follows from, beside the master key; gone afterwards';
COMMENT ON COLUMN setup_codes.tries IS 'Wrong codes so far: ten, and there is another nonce';

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL
        CONSTRAINT recovery_codes_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS
    'What stands in for a code when the phone is lost: keyed hashes; each is good once, and gone then';

-- Displays ------------------------------------------------------------------------------------

ALTER TABLE devices
    ADD COLUMN address INET,
    ADD COLUMN scopes VARCHAR(40)[] NOT NULL DEFAULT '{board:read}',
    ADD COLUMN paired_by UUID,
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN devices.version IS 'Grows with each edit; an edit names the one it was made from';
COMMENT ON COLUMN devices.address IS 'Where it was connected from last';
COMMENT ON COLUMN devices.scopes IS 'The permissions of its key';
COMMENT ON COLUMN devices.paired_by IS 'No foreign key: it outlives the account';

CREATE TABLE device_pairings (
    id UUID CONSTRAINT device_pairings_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    code VARCHAR(8) NOT NULL CONSTRAINT device_pairings_code_key UNIQUE,
    secret_hash BYTEA NOT NULL CONSTRAINT device_pairings_secret_hash_key UNIQUE,
    name VARCHAR(100) NOT NULL,
    address INET,
    user_agent TEXT,
    organization_id UUID
        CONSTRAINT device_pairings_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    device_id UUID CONSTRAINT device_pairings_device_id_fkey REFERENCES devices (id) ON DELETE CASCADE,
    polled_at TIMESTAMPTZ,
    refused_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE device_pairings IS
    'Screens that show a code and wait for an admin (after RFC 8628); gone when out of time';
COMMENT ON COLUMN device_pairings.secret_hash IS 'Of what the screen alone knows, by which it asks';
COMMENT ON COLUMN device_pairings.device_id IS
    'The display it was made; its key is made when the screen comes for it, and lies nowhere';
COMMENT ON COLUMN device_pairings.polled_at IS 'When the screen asked last: it may not ask too often';
CREATE INDEX idx_device_pairings_expires ON device_pairings (expires_at);
COMMENT ON INDEX idx_device_pairings_expires IS 'Serves forgetting old ones';

CREATE TABLE pairing_tries (
    user_id UUID CONSTRAINT pairing_tries_pkey PRIMARY KEY
        CONSTRAINT pairing_tries_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    tries INTEGER NOT NULL,
    since TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE pairing_tries IS 'Wrong codes that an admin typed: five in ten minutes, and no more';

-- Audit ---------------------------------------------------------------------------------------

ALTER TABLE system_logs ADD COLUMN seal BIGINT;
COMMENT ON COLUMN system_logs.seal IS
    'Which of its organization''s seals covers the row; NULL until the next minute''s';
CREATE INDEX idx_system_logs_unsealed ON system_logs (organization_id, created_at) WHERE seal IS NULL;
COMMENT ON INDEX idx_system_logs_unsealed IS 'Serves sealing';
CREATE INDEX idx_system_logs_seal ON system_logs (organization_id, seal) WHERE seal IS NOT NULL;
COMMENT ON INDEX idx_system_logs_seal IS 'Serves verifying';
CREATE INDEX idx_system_logs_org_created ON system_logs (organization_id, created_at DESC, id DESC);
COMMENT ON INDEX idx_system_logs_org_created IS 'Serves the audit log, newest first';

CREATE TABLE audit_seals (
    scope UUID NOT NULL,
    number BIGINT NOT NULL,
    format SMALLINT NOT NULL,
    entries INTEGER NOT NULL,
    total BIGINT NOT NULL,
    digests BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (scope, number)
);
COMMENT ON TABLE audit_seals IS
    'A hash chain over each organization''s audit rows: a row that is changed or missing is found';
COMMENT ON CONSTRAINT audit_seals_pkey ON audit_seals IS 'Forbids two chains of one organization';
COMMENT ON COLUMN audit_seals.scope IS
    'The organization; the nil UUID for rows of none, such as a sign-in with an unknown name';
COMMENT ON COLUMN audit_seals.format IS 'How rows and seal were written down to be hashed';
COMMENT ON COLUMN audit_seals.entries IS 'How many rows it covers';
COMMENT ON COLUMN audit_seals.total IS 'How many rows it and all before it cover: a gap tells its size';
COMMENT ON COLUMN audit_seals.digests IS
    'SHA-256 of each row it covers, by created_at and id: 32 bytes each';
COMMENT ON COLUMN audit_seals.previous IS 'The hash of the seal before it';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 of all the other columns';
-- Digests do not get smaller.
ALTER TABLE audit_seals ALTER COLUMN digests SET STORAGE EXTERNAL;

CREATE FUNCTION guard_system_logs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unsealed system_logs;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        unsealed := NEW;
        unsealed.seal := NULL;
        -- Byte for byte: to the other operator 1.0 and 1.00 are the same.
        IF OLD.seal IS NULL AND NEW.seal IS NOT NULL AND NOT unsealed *<> OLD THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' AND current_setting('callboard.audit_retention', true) = 'on'
        AND EXISTS (
            SELECT FROM audit_seals s
            WHERE s.scope = coalesce(OLD.organization_id, '00000000-0000-0000-0000-000000000000')
              AND s.number = OLD.seal AND s.sealed_at < now() - interval '30 days'
        )
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit is append-only: % of system_logs is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION guard_system_logs IS
    'Lets nothing be changed but a row''s first seal, and nothing go but by forget_audit';

-- What is written is not asked: only rows that come sealed already call the function.
CREATE TRIGGER system_logs_come_unsealed BEFORE INSERT ON system_logs
    FOR EACH ROW WHEN (NEW.seal IS NOT NULL) EXECUTE FUNCTION guard_system_logs();
CREATE TRIGGER system_logs_stay BEFORE UPDATE OR DELETE ON system_logs
    FOR EACH ROW EXECUTE FUNCTION guard_system_logs();
CREATE TRIGGER system_logs_are_not_emptied BEFORE TRUNCATE ON system_logs
    FOR EACH STATEMENT EXECUTE FUNCTION guard_system_logs();

CREATE FUNCTION guard_audit_seals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is append-only: % of audit_seals is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION guard_audit_seals IS 'A seal is never changed, nor does it go when its rows do';
CREATE TRIGGER audit_seals_stay BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION guard_audit_seals();
CREATE TRIGGER audit_seals_are_not_emptied BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION guard_audit_seals();

CREATE FUNCTION forget_audit(of_scope UUID, sealed_before TIMESTAMPTZ, at_most INTEGER)
RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    of_organization UUID := nullif(of_scope, '00000000-0000-0000-0000-000000000000');
    first_seal BIGINT;
    last_seal BIGINT;
    forgotten INTEGER;
BEGIN
    -- Two queries for one: no index is used to find what "is not distinct from" NULL.
    IF of_organization IS NULL THEN
        SELECT min(seal) INTO first_seal FROM system_logs
        WHERE organization_id IS NULL AND seal IS NOT NULL;
    ELSE
        SELECT min(seal) INTO first_seal FROM system_logs
        WHERE organization_id = of_organization AND seal IS NOT NULL;
    END IF;
    SELECT max(s.number) INTO last_seal FROM (
        SELECT number, sum(entries) OVER (ORDER BY number) - entries AS before
        FROM (
            SELECT number, entries FROM audit_seals
            WHERE scope = of_scope AND number >= first_seal AND audit_seals.sealed_at < sealed_before
            ORDER BY number LIMIT at_most
        ) AS old
    ) AS s WHERE s.before < at_most;
    IF last_seal IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('callboard.audit_retention', 'on', true);
    IF of_organization IS NULL THEN
        DELETE FROM system_logs WHERE organization_id IS NULL AND seal BETWEEN first_seal AND last_seal;
    ELSE
        DELETE FROM system_logs
        WHERE organization_id = of_organization AND seal BETWEEN first_seal AND last_seal;
    END IF;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    PERFORM set_config('callboard.audit_retention', 'off', true);
    INSERT INTO system_logs (organization_id, action, entity_type, details)
    VALUES (of_organization, 'forget_audit', 'audit',
            jsonb_build_object('through', last_seal, 'rows', forgotten));
    RETURN forgotten;
END
$$;
COMMENT ON FUNCTION forget_audit IS
    'Deletes the rows of whole seals, oldest first, and says so in the audit. The seals stay';
