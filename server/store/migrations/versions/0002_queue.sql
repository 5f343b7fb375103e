ALTER TYPE call_outcome ADD VALUE 'returned';
ALTER TYPE call_outcome ADD VALUE 'transferred';
ALTER TYPE call_outcome ADD VALUE 'parked';
ALTER TYPE call_outcome ADD VALUE 'undone';

-- Sites and people -----------------------------------------------------------------------------

ALTER TABLE organizations
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN closed_day DATE;
-- The level without a head start is among an organization's levels, and there are eight at most.
UPDATE organizations SET priority_levels = (0 || priority_levels)[1:8] WHERE NOT 0 = ANY (priority_levels);
COMMENT ON COLUMN organizations.settings IS
    'What an admin decided beyond the columns: policy, hours, holidays, lists of reasons';
COMMENT ON COLUMN organizations.version IS 'Grows with each edit; an edit names the one it was made from';
COMMENT ON COLUMN organizations.closed_day IS 'The service day that was closed early';

ALTER TABLE memberships ADD COLUMN customer_types VARCHAR(32)[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN memberships.customer_types IS 'The types the person has the skill for; empty means all';

ALTER TABLE keys
    ADD COLUMN organization_id UUID
        CONSTRAINT keys_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    ADD COLUMN service_day DATE;
CREATE UNIQUE INDEX keys_service_day_key ON keys (organization_id, service_day, purpose)
    WHERE retired_at IS NULL;
COMMENT ON INDEX keys_service_day_key IS
    'Forbids two data keys for a service day: destroying the one forgets all its visitors';

-- Queues and counters --------------------------------------------------------------------------

ALTER TABLE queue_configurations
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN opening_hours JSONB,
    ADD COLUMN day_limit INTEGER
        CONSTRAINT queue_configurations_day_limit_check CHECK (day_limit >= 0),
    ADD COLUMN taken_day DATE,
    ADD COLUMN taken_count INTEGER NOT NULL DEFAULT 0;
COMMENT ON COLUMN queue_configurations.opening_hours IS 'NULL means whenever the organization is open';
COMMENT ON COLUMN queue_configurations.taken_count IS
    'Tokens taken on taken_day, kept in step: counting them would grow with the day';

ALTER TABLE counters
    ADD COLUMN version INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN closed_at TIMESTAMPTZ,
    ADD COLUMN break_since TIMESTAMPTZ,
    ADD COLUMN break_reason VARCHAR(100),
    ADD COLUMN seen_at TIMESTAMPTZ,
    ADD CONSTRAINT counters_break_check CHECK (break_since IS NULL OR opened_at IS NOT NULL);
COMMENT ON COLUMN counters.seen_at IS
    'When its app was last connected or its person last acted; a counter that is silent for long is lost';

CREATE TABLE breaks (
    id UUID CONSTRAINT breaks_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id UUID NOT NULL
        CONSTRAINT breaks_organization_id_fkey REFERENCES organizations (id),
    session_id UUID NOT NULL
        CONSTRAINT breaks_session_id_fkey REFERENCES service_sessions (id) ON DELETE CASCADE,
    counter_id UUID NOT NULL CONSTRAINT breaks_counter_id_fkey REFERENCES counters (id),
    user_id UUID NOT NULL CONSTRAINT breaks_user_id_fkey REFERENCES users (id),
    reason VARCHAR(100) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
COMMENT ON TABLE breaks IS 'Pauses within a session of work';
CREATE UNIQUE INDEX breaks_open_key ON breaks (counter_id) WHERE ended_at IS NULL;
COMMENT ON INDEX breaks_open_key IS 'Forbids two open breaks at a counter';
CREATE INDEX idx_breaks_session ON breaks (session_id);
COMMENT ON INDEX idx_breaks_session IS 'Serves the sum of a session''s breaks';
CREATE INDEX idx_service_sessions_org ON service_sessions (organization_id, started_at);
COMMENT ON INDEX idx_service_sessions_org IS 'Serves learning when counters are open';

CREATE TABLE counter_plan (
    organization_id UUID NOT NULL
        CONSTRAINT counter_plan_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    counter_id UUID NOT NULL
        CONSTRAINT counter_plan_counter_id_fkey REFERENCES counters (id) ON DELETE CASCADE,
    weekday SMALLINT NOT NULL CONSTRAINT counter_plan_weekday_check CHECK (weekday BETWEEN 0 AND 6),
    opens TIME NOT NULL,
    closes TIME NOT NULL,
    CONSTRAINT counter_plan_pkey PRIMARY KEY (counter_id, weekday, opens)
);
CREATE INDEX idx_counter_plan_organization ON counter_plan (organization_id);
COMMENT ON INDEX idx_counter_plan_organization IS 'Serves an organization''s whole plan';
COMMENT ON TABLE counter_plan IS 'Which counter is planned open when, in wall-clock time; Monday is 0';
COMMENT ON COLUMN counter_plan.closes IS '00:00 is midnight, the end of the day';

CREATE TABLE counter_plans (
    organization_id UUID CONSTRAINT counter_plans_pkey PRIMARY KEY
        CONSTRAINT counter_plans_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 0,
    is_learned BOOLEAN NOT NULL DEFAULT true,
    learned_from_days INTEGER NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE counter_plans IS 'Where an organization''s counter plan comes from';

CREATE TABLE announcements (
    id UUID CONSTRAINT announcements_pkey PRIMARY KEY,
    organization_id UUID NOT NULL
        CONSTRAINT announcements_organization_id_fkey REFERENCES organizations (id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 0,
    kind VARCHAR(20) NOT NULL,
    texts JSONB NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    readers VARCHAR(20)[] NOT NULL,
    from_at TIMESTAMPTZ,
    until_at TIMESTAMPTZ,
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_by UUID CONSTRAINT announcements_created_by_fkey REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT announcements_span_check CHECK (until_at > from_at)
);
CREATE INDEX idx_announcements_active ON announcements (organization_id) WHERE is_active;
COMMENT ON INDEX idx_announcements_active IS 'Serves the snapshot';
CREATE INDEX idx_announcements_created ON announcements (organization_id, created_at);
COMMENT ON INDEX idx_announcements_created IS 'Serves the list of announcements';

-- Tokens and calls -----------------------------------------------------------------------------

ALTER TABLE tokens
    ADD COLUMN target_counter_id UUID
        CONSTRAINT tokens_target_counter_id_fkey REFERENCES counters (id),
    ADD COLUMN target_user_id UUID CONSTRAINT tokens_target_user_id_fkey REFERENCES users (id),
    ADD COLUMN target_id UUID GENERATED ALWAYS AS (coalesce(target_counter_id, target_user_id)) STORED,
    ADD COLUMN targeted_at TIMESTAMPTZ,
    ADD COLUMN emergency VARCHAR(100),
    ADD COLUMN park_reason VARCHAR(100),
    ADD COLUMN parked_at TIMESTAMPTZ,
    ADD COLUMN wake_at TIMESTAMPTZ,
    ADD COLUMN cancel_reason VARCHAR(100),
    ADD COLUMN visitor BYTEA,
    ADD COLUMN promise_low_s INTEGER,
    ADD COLUMN promise_median_s INTEGER,
    ADD COLUMN promise_high_s INTEGER,
    ADD COLUMN revision BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN changed_by UUID,
    DROP COLUMN notes,
    ADD CONSTRAINT tokens_target_check CHECK (num_nonnulls(target_counter_id, target_user_id) <= 1);
COMMENT ON COLUMN tokens.target_id IS 'The counter or person it is meant for: the target of its lane';
COMMENT ON COLUMN tokens.emergency IS 'Why it goes before all others; NULL for everyone else';
COMMENT ON COLUMN tokens.visitor IS
    'Sealed (AES-256-GCM) with the data key of its service day: name, phone and notes';
COMMENT ON COLUMN tokens.revision IS 'Its newest event: undo is refused when another came since';
COMMENT ON COLUMN tokens.changed_by IS 'Who caused that event; NULL for the server itself';

DROP INDEX idx_tokens_active_queue;
CREATE INDEX idx_tokens_active_queue
    ON tokens (organization_id, customer_type, priority, place_at, number) INCLUDE (id)
    WHERE status = 'waiting' AND target_id IS NULL AND emergency IS NULL;
COMMENT ON INDEX idx_tokens_active_queue IS 'Serves the head of each common lane, without the table';
CREATE INDEX idx_tokens_meant ON tokens (target_id, place_at)
    WHERE status = 'waiting' AND target_id IS NOT NULL;
COMMENT ON INDEX idx_tokens_meant IS 'Serves the tokens meant for a counter or a person';
CREATE INDEX idx_tokens_emergency ON tokens (organization_id, place_at)
    WHERE status = 'waiting' AND emergency IS NOT NULL;
COMMENT ON INDEX idx_tokens_emergency IS 'Serves the strict lane';
CREATE INDEX idx_tokens_wake ON tokens (wake_at) WHERE status = 'parked' AND wake_at IS NOT NULL;
COMMENT ON INDEX idx_tokens_wake IS 'Serves waking parked tokens';

ALTER TABLE token_calls
    ADD COLUMN priority INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN rule VARCHAR(20),
    ADD COLUMN overtook INTEGER;
COMMENT ON COLUMN token_calls.overtook IS 'How many earlier arrivals it was called before';

CREATE TABLE undo_steps (
    desk_id UUID CONSTRAINT undo_steps_pkey PRIMARY KEY,
    organization_id UUID NOT NULL
        CONSTRAINT undo_steps_organization_id_fkey
        REFERENCES organizations (id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    token_id UUID NOT NULL,
    command VARCHAR(20) NOT NULL,
    revision BIGINT NOT NULL,
    before JSONB,
    created_at TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE undo_steps IS
    'The last command of each desk, and the token as it was before it (NULL: it was not there)';
COMMENT ON COLUMN undo_steps.desk_id IS 'The counter; for who acts from none, the person';

-- Audit ----------------------------------------------------------------------------------------

CREATE INDEX idx_system_logs_entity ON system_logs (entity_id, created_at) WHERE entity_id IS NOT NULL;
COMMENT ON INDEX idx_system_logs_entity IS 'Serves the story of a token, a counter, a person';
