-- People --------------------------------------------------------------------------------------

ALTER TABLE users
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN password_changed_at TIMESTAMPTZ,
    ADD COLUMN second_factor BYTEA,
    ADD COLUMN second_factor_step BIGINT,
    ADD COLUMN deleted_at TIMESTAMPTZ;
COMMENT ON COLUMN users.version IS 'Grows with each edit; an edit names the one it was made from';
COMMENT ON COLUMN users.permissions IS
    '{"granted": [...], "revoked": [...]}: what the person may do beside the role, and may not of it';
COMMENT ON COLUMN users.second_factor IS 'The sealed TOTP secret; NULL without a second factor';
COMMENT ON COLUMN users.second_factor_step IS 'The time step of the newest code: no code is good twice';
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
CREATE INDEX idx_system_logs_org_created ON system_logs (organization_id, created_at DESC, id);
COMMENT ON INDEX idx_system_logs_org_created IS 'Serves the audit log, newest first';

CREATE TABLE audit_seals (
    scope UUID NOT NULL,
    number BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    hash BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT audit_seals_pkey PRIMARY KEY (scope, number)
);
COMMENT ON TABLE audit_seals IS
    'A hash chain over each organization''s audit rows: a row that is changed or missing is found';
COMMENT ON COLUMN audit_seals.scope IS
    'The organization; the nil UUID for rows of none, such as a sign-in with an unknown name';
