CREATE TYPE token_status AS ENUM
    ('waiting', 'called', 'serving', 'completed', 'cancelled', 'no_show', 'parked');
CREATE TYPE user_role AS ENUM ('staff', 'admin', 'super_admin');
CREATE TYPE token_source AS ENUM ('staff', 'admin', 'api', 'kiosk');
CREATE TYPE call_outcome AS ENUM ('completed', 'no_show', 'cancelled');

-- Sites and people -----------------------------------------------------------------------------

CREATE TABLE groups (
    id UUID CONSTRAINT groups_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE groups IS 'Holds many organizations: a bank with its branches';

CREATE TABLE organizations (
    id UUID CONSTRAINT organizations_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    group_id UUID CONSTRAINT organizations_group_id_fkey REFERENCES groups (id),
    name VARCHAR(100) NOT NULL,
    time_zone VARCHAR(64) NOT NULL DEFAULT 'UTC',
    reset_time TIME NOT NULL DEFAULT '00:00:00',
    confirms_arrival BOOLEAN NOT NULL DEFAULT true,
    priority_levels INTEGER[] NOT NULL DEFAULT '{0,10,30}'
        CONSTRAINT organizations_priority_levels_check
        CHECK (cardinality(priority_levels) BETWEEN 1 AND 8),
    settings JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN organizations.priority_levels IS 'Head starts in minutes that a token may have';

CREATE TABLE organization_revisions (
    organization_id UUID CONSTRAINT organization_revisions_pkey PRIMARY KEY
        CONSTRAINT organization_revisions_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    epoch UUID NOT NULL DEFAULT gen_random_uuid(),
    revision BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
COMMENT ON TABLE organization_revisions IS
    'The lock of an organization: each command locks this row first. Beside the organization, so '
    'that foreign keys to it never wait for a command';

CREATE TABLE database_identity (
    only_row BOOLEAN CONSTRAINT database_identity_pkey PRIMARY KEY DEFAULT true
        CONSTRAINT database_identity_only_row_check CHECK (only_row),
    system_identifier NUMERIC(20) NOT NULL,
    timeline BIGINT NOT NULL
);
COMMENT ON TABLE database_identity IS
    'The cluster these epochs belong to: in another one (a restore, a fail-over) they are renewed';

CREATE TABLE users (
    id UUID CONSTRAINT users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT users_organization_id_fkey REFERENCES organizations (id),
    username VARCHAR(50) NOT NULL CONSTRAINT users_username_key UNIQUE,
    display_name VARCHAR(100) NOT NULL,
    email BYTEA,
    email_index BYTEA CONSTRAINT users_email_index_key UNIQUE,
    password_hash VARCHAR(255) NOT NULL,
    role user_role NOT NULL,
    permissions JSONB NOT NULL DEFAULT '{}',
    is_active BOOLEAN NOT NULL DEFAULT true,
    access_version INTEGER NOT NULL DEFAULT 0,
    last_login TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN users.organization_id IS 'Where signing in lands; memberships say where else';
COMMENT ON COLUMN users.email IS 'Sealed (AES-256-GCM); email_index is the blind index to find it';
COMMENT ON COLUMN users.access_version IS 'Grows when access is taken away: older credentials end';
CREATE INDEX idx_users_org_role ON users (organization_id, role);
COMMENT ON INDEX idx_users_org_role IS 'Serves the list of people';
CREATE INDEX idx_users_active ON users (organization_id, role) WHERE is_active;
COMMENT ON INDEX idx_users_active IS 'Serves the people who can be asked now';

CREATE TABLE memberships (
    user_id UUID CONSTRAINT memberships_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    organization_id UUID
        CONSTRAINT memberships_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    role user_role NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT memberships_pkey PRIMARY KEY (user_id, organization_id)
);
CREATE INDEX idx_memberships_organization ON memberships (organization_id, user_id);
COMMENT ON INDEX idx_memberships_organization IS 'Serves the people of an organization';

CREATE TABLE keys (
    kid VARCHAR(40) CONSTRAINT keys_pkey PRIMARY KEY,
    purpose VARCHAR(20) NOT NULL,
    sealed BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    retired_at TIMESTAMPTZ
);
COMMENT ON TABLE keys IS 'Signing and data keys, sealed by the master key, shared by all servers';

CREATE TABLE refresh_sessions (
    id UUID CONSTRAINT refresh_sessions_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL
        CONSTRAINT refresh_sessions_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    organization_id UUID NOT NULL
        CONSTRAINT refresh_sessions_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    current_jti UUID NOT NULL,
    previous_jti UUID,
    rotated_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE refresh_sessions IS
    'One signed-in device: the refresh JWT that holds now, and the one before it';
CREATE INDEX idx_refresh_sessions_user ON refresh_sessions (user_id) WHERE ended_at IS NULL;
COMMENT ON INDEX idx_refresh_sessions_user IS 'Serves signing a person out everywhere';

CREATE TABLE devices (
    id UUID CONSTRAINT devices_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT devices_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    name VARCHAR(100) NOT NULL,
    key_hash BYTEA NOT NULL CONSTRAINT devices_key_hash_key UNIQUE,
    last_seen_at TIMESTAMPTZ,
    connected_until TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN devices.connected_until IS
    'A screen counts as connected until then; its server moves it on while the socket lives';
CREATE INDEX idx_devices_organization ON devices (organization_id) WHERE revoked_at IS NULL;
COMMENT ON INDEX idx_devices_organization IS 'Serves the screens that a no-show waits for';

-- Queues and counters --------------------------------------------------------------------------

CREATE TABLE queue_configurations (
    id UUID CONSTRAINT queue_configurations_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT queue_configurations_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    customer_type VARCHAR(32) NOT NULL,
    name VARCHAR(100) NOT NULL,
    prefix VARCHAR(5) NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    current_number INTEGER NOT NULL DEFAULT 0,
    series_day DATE,
    waiting_count INTEGER NOT NULL DEFAULT 0
        CONSTRAINT queue_configurations_waiting_count_check CHECK (waiting_count >= 0),
    max_number INTEGER NOT NULL DEFAULT 999
        CONSTRAINT queue_configurations_max_number_check CHECK (max_number BETWEEN 1 AND 99999),
    reset_daily BOOLEAN NOT NULL DEFAULT true,
    is_active BOOLEAN NOT NULL DEFAULT true,
    priority_multiplier NUMERIC(3, 2) NOT NULL DEFAULT 1.0
        CONSTRAINT queue_configurations_priority_multiplier_check CHECK (priority_multiplier >= 0),
    wait_limit_min INTEGER NOT NULL DEFAULT 15
        CONSTRAINT queue_configurations_wait_limit_min_check CHECK (wait_limit_min > 0),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT queue_configurations_type_key UNIQUE (organization_id, customer_type),
    CONSTRAINT queue_configurations_prefix_key UNIQUE (organization_id, prefix)
) WITH (fillfactor = 50);
COMMENT ON COLUMN queue_configurations.series_day IS 'The service day of current_number';
COMMENT ON COLUMN queue_configurations.waiting_count IS
    'Waiting tokens of the type, kept in step by each change: counting them would grow with them';
COMMENT ON CONSTRAINT queue_configurations_prefix_key ON queue_configurations IS
    'Forbids two types to give the same number';

CREATE TABLE counters (
    id UUID CONSTRAINT counters_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT counters_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    label VARCHAR(4) NOT NULL,
    name VARCHAR(100) NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    customer_types VARCHAR(32)[] NOT NULL DEFAULT '{}',
    serves VARCHAR(32)[] NOT NULL DEFAULT '{}',
    opened_at TIMESTAMPTZ,
    opened_by UUID CONSTRAINT counters_opened_by_fkey REFERENCES users (id),
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT counters_label_key UNIQUE (organization_id, label),
    CONSTRAINT counters_open_check CHECK ((opened_at IS NULL) = (opened_by IS NULL))
);
CREATE UNIQUE INDEX counters_opened_by_key ON counters (opened_by) WHERE opened_by IS NOT NULL;
COMMENT ON INDEX counters_opened_by_key IS 'Forbids a person to have two counters open';

-- Tokens and calls -----------------------------------------------------------------------------

CREATE TABLE tokens (
    id UUID NOT NULL,
    organization_id UUID NOT NULL
        CONSTRAINT tokens_organization_id_fkey REFERENCES organizations (id),
    service_day DATE NOT NULL,
    number VARCHAR(10) NOT NULL,
    customer_type VARCHAR(32) NOT NULL,
    status token_status NOT NULL DEFAULT 'waiting',
    priority INTEGER NOT NULL DEFAULT 0,
    place_at TIMESTAMPTZ NOT NULL,
    source token_source NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    called_at TIMESTAMPTZ,
    served_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    cancelled_at TIMESTAMPTZ,
    counter_id UUID,
    call_id UUID,
    served_by UUID CONSTRAINT tokens_served_by_fkey REFERENCES users (id),
    estimated_wait_time INTEGER,
    actual_wait_time INTEGER,
    service_duration INTEGER,
    wait_s INTEGER,
    service_s INTEGER,
    why JSONB,
    notes TEXT,
    metadata JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT tokens_pkey PRIMARY KEY (id, service_day),
    CONSTRAINT tokens_number_key UNIQUE (organization_id, service_day, number)
) PARTITION BY RANGE (service_day);
COMMENT ON CONSTRAINT tokens_number_key ON tokens IS
    'Forbids one number twice in a service day';
COMMENT ON COLUMN tokens.estimated_wait_time IS 'Minutes, as promised when it was taken';
COMMENT ON COLUMN tokens.actual_wait_time IS 'Minutes to the first call; wait_s has the seconds';
COMMENT ON COLUMN tokens.service_duration IS 'Minutes of service; service_s has the seconds';

CREATE INDEX idx_tokens_org_status_created ON tokens (organization_id, status, created_at);
COMMENT ON INDEX idx_tokens_org_status_created IS 'Serves lists of tokens by state';
CREATE INDEX idx_tokens_org_type_status ON tokens (organization_id, customer_type, status);
COMMENT ON INDEX idx_tokens_org_type_status IS 'Serves figures per customer type';
CREATE INDEX idx_tokens_staff_served ON tokens (served_by, served_at) WHERE served_by IS NOT NULL;
COMMENT ON INDEX idx_tokens_staff_served IS 'Serves a person''s own day';
CREATE INDEX idx_tokens_created_date ON tokens (organization_id, service_day);
COMMENT ON INDEX idx_tokens_created_date IS 'Serves a day''s figures';
CREATE INDEX idx_tokens_active_queue
    ON tokens (organization_id, customer_type, priority, place_at, number) INCLUDE (id)
    WHERE status = 'waiting';
COMMENT ON INDEX idx_tokens_active_queue IS 'Serves the head of each lane, without the table';
CREATE INDEX idx_tokens_live ON tokens (organization_id)
    WHERE status IN ('waiting', 'called', 'serving', 'parked');
COMMENT ON INDEX idx_tokens_live IS 'Serves the snapshot';

CREATE TABLE tokens_default PARTITION OF tokens DEFAULT;
COMMENT ON TABLE tokens_default IS 'A missing partition never loses a token';

CREATE FUNCTION ensure_token_partitions(first_year INTEGER, last_year INTEGER) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    year INTEGER;
    name TEXT;
BEGIN
    -- Two servers that start at once would both create one; the second waits here.
    PERFORM pg_advisory_xact_lock(hashtext('callboard partitions'));
    FOR year IN first_year..last_year LOOP
        name := format('tokens_y%s', year);
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF tokens FOR VALUES FROM (%L) TO (%L)',
            name, make_date(year, 1, 1), make_date(year + 1, 1, 1)
        );
    END LOOP;
END;
$$;
SELECT ensure_token_partitions(
    extract(year FROM now())::INTEGER - 1, extract(year FROM now())::INTEGER + 2
);

CREATE TABLE token_calls (
    id UUID CONSTRAINT token_calls_pkey PRIMARY KEY,
    organization_id UUID NOT NULL
        CONSTRAINT token_calls_organization_id_fkey REFERENCES organizations (id),
    token_id UUID NOT NULL,
    service_day DATE NOT NULL,
    number VARCHAR(10) NOT NULL,
    customer_type VARCHAR(32) NOT NULL,
    counter_id UUID NOT NULL CONSTRAINT token_calls_counter_id_fkey REFERENCES counters (id),
    user_id UUID CONSTRAINT token_calls_user_id_fkey REFERENCES users (id),
    place_at TIMESTAMPTZ NOT NULL,
    called_at TIMESTAMPTZ NOT NULL,
    announced_at TIMESTAMPTZ NOT NULL,
    announced_revision BIGINT NOT NULL,
    recall_count INTEGER NOT NULL DEFAULT 0,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    outcome call_outcome,
    withdrawn BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT token_calls_token_fkey
        FOREIGN KEY (token_id, service_day) REFERENCES tokens (id, service_day),
    CONSTRAINT token_calls_announced_key UNIQUE (organization_id, announced_revision)
);
COMMENT ON TABLE token_calls IS 'Each visit to a counter: a token''s whole story';
COMMENT ON CONSTRAINT token_calls_announced_key ON token_calls IS
    'One call per announcement; serves the recent calls and the receipts';
CREATE INDEX idx_token_calls_token ON token_calls (token_id, service_day);
COMMENT ON INDEX idx_token_calls_token IS 'Serves the history of a token';
CREATE INDEX idx_token_calls_place ON token_calls (organization_id, place_at) INCLUDE (counter_id);
COMMENT ON INDEX idx_token_calls_place IS 'Serves counting who was passed over';
CREATE INDEX idx_token_calls_user_day ON token_calls (user_id, service_day);
COMMENT ON INDEX idx_token_calls_user_day IS 'Serves a person''s own day';
CREATE INDEX idx_token_calls_org_day ON token_calls (organization_id, service_day, customer_type);
COMMENT ON INDEX idx_token_calls_org_day IS 'Serves a day''s figures and the usual service times';

CREATE TABLE active_calls (
    counter_id UUID CONSTRAINT active_calls_pkey PRIMARY KEY
        CONSTRAINT active_calls_counter_id_fkey REFERENCES counters (id),
    token_id UUID NOT NULL CONSTRAINT active_calls_token_id_key UNIQUE
);
COMMENT ON TABLE active_calls IS
    'Guard across days: a counter has one active token, a token is at one counter';

CREATE TABLE live_numbers (
    organization_id UUID NOT NULL
        CONSTRAINT live_numbers_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    number VARCHAR(10) NOT NULL,
    token_id UUID NOT NULL,
    CONSTRAINT live_numbers_pkey PRIMARY KEY (organization_id, number)
);
COMMENT ON TABLE live_numbers IS 'Guard across days: a live token''s number is not given again';

CREATE TABLE call_receipts (
    call_id UUID CONSTRAINT call_receipts_call_id_fkey
        REFERENCES token_calls (id) ON DELETE CASCADE,
    device_id UUID CONSTRAINT call_receipts_device_id_fkey
        REFERENCES devices (id) ON DELETE CASCADE,
    shown_at TIMESTAMPTZ,
    spoken_at TIMESTAMPTZ,
    CONSTRAINT call_receipts_pkey PRIMARY KEY (call_id, device_id)
);
COMMENT ON TABLE call_receipts IS 'The first time a screen painted, and spoke, a call';

-- Outbox, answers, audit -----------------------------------------------------------------------

CREATE TABLE events (
    organization_id UUID NOT NULL
        CONSTRAINT events_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    type VARCHAR(40) NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (organization_id, revision)
);
COMMENT ON TABLE events IS 'The outbox: what every screen follows, in order, without gaps';

CREATE TABLE idempotency_keys (
    organization_id UUID NOT NULL
        CONSTRAINT idempotency_keys_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    actor_id UUID NOT NULL,
    request_id UUID NOT NULL,
    fingerprint BYTEA NOT NULL,
    answer JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (organization_id, actor_id, request_id)
);
COMMENT ON TABLE idempotency_keys IS 'Answers of commands, for who asks again with the same key';
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
COMMENT ON INDEX idx_idempotency_keys_created IS 'Serves forgetting answers after 24 hours';

CREATE TABLE system_logs (
    id UUID CONSTRAINT system_logs_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID
        CONSTRAINT system_logs_organization_id_fkey REFERENCES organizations (id),
    user_id UUID,
    action VARCHAR(50) NOT NULL,
    entity_type VARCHAR(50),
    entity_id UUID,
    details JSONB,
    ip_address INET,
    user_agent TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON COLUMN system_logs.user_id IS
    'No foreign key: the audit outlives the account';
CREATE INDEX idx_system_logs_org_action_date ON system_logs (organization_id, action, created_at);
COMMENT ON INDEX idx_system_logs_org_action_date IS 'Serves the audit log''s filters';

-- Work and figures -----------------------------------------------------------------------------

CREATE TABLE service_sessions (
    id UUID CONSTRAINT service_sessions_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    staff_id UUID NOT NULL CONSTRAINT service_sessions_staff_id_fkey REFERENCES users (id),
    organization_id UUID NOT NULL
        CONSTRAINT service_sessions_organization_id_fkey REFERENCES organizations (id),
    counter_id UUID NOT NULL
        CONSTRAINT service_sessions_counter_id_fkey REFERENCES counters (id),
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    tokens_served INTEGER NOT NULL DEFAULT 0,
    average_service_time NUMERIC(7, 2),
    break_time INTEGER NOT NULL DEFAULT 0,
    notes TEXT
);
CREATE UNIQUE INDEX service_sessions_open_key ON service_sessions (counter_id)
    WHERE ended_at IS NULL;
COMMENT ON INDEX service_sessions_open_key IS 'Forbids two open sessions at a counter';
CREATE INDEX idx_service_sessions_staff_date ON service_sessions (staff_id, started_at);
COMMENT ON INDEX idx_service_sessions_staff_date IS 'Serves a person''s sessions';

CREATE TABLE analytics_snapshots (
    id UUID CONSTRAINT analytics_snapshots_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT analytics_snapshots_organization_id_fkey REFERENCES organizations (id),
    snapshot_date DATE NOT NULL,
    total_tokens INTEGER NOT NULL DEFAULT 0,
    tokens_by_type JSONB NOT NULL DEFAULT '{}',
    average_wait_time NUMERIC(7, 2),
    peak_hours JSONB NOT NULL DEFAULT '{}',
    staff_performance JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT analytics_snapshots_day_key UNIQUE (organization_id, snapshot_date)
);

CREATE MATERIALIZED VIEW daily_queue_stats AS
SELECT
    organization_id,
    service_day AS date,
    customer_type,
    count(*) AS total_tokens,
    avg(wait_s) / 60.0 AS avg_wait_time,
    avg(service_s) / 60.0 AS avg_service_time
FROM tokens
WHERE service_day >= current_date - 90
GROUP BY organization_id, service_day, customer_type;
CREATE UNIQUE INDEX daily_queue_stats_key
    ON daily_queue_stats (organization_id, date, customer_type);
COMMENT ON INDEX daily_queue_stats_key IS 'Lets the view be refreshed CONCURRENTLY';

CREATE FUNCTION refresh_daily_stats() RETURNS void LANGUAGE sql AS
'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_queue_stats';
