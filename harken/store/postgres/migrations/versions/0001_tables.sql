-- The oldest revision that a program must know to run on this schema: raised by revisions that
-- take away or change what older programs use.
CREATE TABLE IF NOT EXISTS schema_support (oldest INTEGER NOT NULL);

INSERT INTO schema_support SELECT 1 WHERE NOT EXISTS (SELECT FROM schema_support);

DROP TABLE IF EXISTS schema_version;

CREATE TABLE IF NOT EXISTS agents (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS alert_deliveries (
    tenant TEXT NOT NULL,
    alert TEXT NOT NULL,
    receiver TEXT NOT NULL,
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, alert, receiver)
);

CREATE INDEX IF NOT EXISTS alert_deliveries_age ON alert_deliveries (at);

CREATE INDEX IF NOT EXISTS alert_deliveries_due ON alert_deliveries (due) WHERE state = 'waiting';

CREATE TABLE IF NOT EXISTS alert_receivers (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX IF NOT EXISTS alert_receivers_name ON alert_receivers (tenant, name);

CREATE TABLE IF NOT EXISTS alerts (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS alerts_age ON alerts (at);

CREATE INDEX IF NOT EXISTS alerts_at ON alerts (tenant, at, id);

CREATE INDEX IF NOT EXISTS alerts_unplanned ON alerts (at) WHERE planned = 0;

CREATE TABLE IF NOT EXISTS api_keys (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    roles TEXT NOT NULL,
    agent TEXT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (digest)
);

CREATE TABLE IF NOT EXISTS author_languages (
    tenant TEXT NOT NULL,
    network TEXT NOT NULL,
    author TEXT NOT NULL,
    revision BIGINT NOT NULL,
    language TEXT NOT NULL,
    percent BIGINT NOT NULL,
    PRIMARY KEY (tenant, network, author)
);

CREATE INDEX IF NOT EXISTS author_languages_age ON author_languages (revision);

CREATE TABLE IF NOT EXISTS case_facts (
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, case_id)
);

CREATE INDEX IF NOT EXISTS case_facts_opened ON case_facts (tenant, opened_at);

CREATE TABLE IF NOT EXISTS cases (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    network TEXT NOT NULL,
    connection TEXT NOT NULL,
    author TEXT NOT NULL,
    thread_root TEXT NOT NULL,
    state TEXT NOT NULL,
    severity_class TEXT NOT NULL,
    queue TEXT NOT NULL,
    assignee TEXT,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS cases_assignee ON cases (tenant, assignee, state);

CREATE INDEX IF NOT EXISTS cases_author ON cases (tenant, connection, author, updated_at);

CREATE INDEX IF NOT EXISTS cases_state ON cases (tenant, state, deadline);

CREATE INDEX IF NOT EXISTS cases_updated ON cases (tenant, updated_at, id);

CREATE TABLE IF NOT EXISTS connections (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    network TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX IF NOT EXISTS connections_id ON connections (id);

CREATE TABLE IF NOT EXISTS copy_sketches (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    holder TEXT NOT NULL,
    at BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS copy_sketches_age ON copy_sketches (at);

CREATE TABLE IF NOT EXISTS dead_letters (
    id TEXT NOT NULL,
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    record_offset BIGINT NOT NULL,
    key BYTEA NOT NULL,
    value BYTEA NOT NULL,
    headers BYTEA NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    retried_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS dead_letters_age ON dead_letters (at);

CREATE INDEX IF NOT EXISTS dead_letters_rate ON dead_letters (consumer_group, at);

CREATE TABLE IF NOT EXISTS decisions (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS decisions_age ON decisions (at);

CREATE INDEX IF NOT EXISTS decisions_case ON decisions (tenant, case_id, at);

CREATE TABLE IF NOT EXISTS drafts (
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    writer TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, case_id, writer)
);

CREATE TABLE IF NOT EXISTS idempotency (
    tenant TEXT NOT NULL,
    principal TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    origin TEXT NOT NULL,
    status BIGINT,
    response TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, principal, route, key)
);

CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (created_at);

CREATE TABLE IF NOT EXISTS leases (
    lease TEXT NOT NULL,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (lease)
);

CREATE TABLE IF NOT EXISTS log_identity (
    log TEXT NOT NULL,
    identity TEXT NOT NULL,
    PRIMARY KEY (log)
);

CREATE TABLE IF NOT EXISTS mentions (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    network TEXT NOT NULL,
    connection TEXT NOT NULL,
    author TEXT NOT NULL,
    case_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    thread_root TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    placed_revision BIGINT NOT NULL,
    tagged BYTEA NOT NULL,
    severity TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS mentions_author ON mentions (tenant, network, author, created_at);

CREATE INDEX IF NOT EXISTS mentions_case ON mentions (tenant, case_id, created_at);

CREATE INDEX IF NOT EXISTS mentions_created ON mentions (tenant, created_at, id);

CREATE INDEX IF NOT EXISTS mentions_source_id ON mentions (tenant, network, source_id);

CREATE TABLE IF NOT EXISTS notes (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS notes_case ON notes (tenant, case_id, at);

CREATE TABLE IF NOT EXISTS offers (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL,
    until BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS offers_agent ON offers (tenant, agent, state);

CREATE TABLE IF NOT EXISTS outbox (
    id BIGSERIAL NOT NULL,
    txid BIGINT NOT NULL,
    service TEXT NOT NULL,
    tenant TEXT NOT NULL,
    topic TEXT NOT NULL,
    key BYTEA NOT NULL,
    aggregate TEXT NOT NULL,
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    audience TEXT NOT NULL,
    value BYTEA NOT NULL,
    headers BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS outbox_feed ON outbox (txid, id);

CREATE INDEX IF NOT EXISTS outbox_tenant_feed ON outbox (tenant, txid, id);

CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (service, id) WHERE sent_at IS NULL;

CREATE TABLE IF NOT EXISTS own_posts (
    tenant TEXT NOT NULL,
    connection TEXT NOT NULL,
    source_id TEXT NOT NULL,
    parent_source_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, connection, source_id)
);

CREATE INDEX IF NOT EXISTS own_posts_parent ON own_posts (tenant, connection, parent_source_id);

CREATE TABLE IF NOT EXISTS policies (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (tenant, name, version)
);

CREATE TABLE IF NOT EXISTS positions (
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
);

CREATE TABLE IF NOT EXISTS presence (
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    what TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (tenant, case_id, agent, what)
);

CREATE INDEX IF NOT EXISTS presence_age ON presence (until);

CREATE TABLE IF NOT EXISTS queues (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS rates (
    tenant TEXT NOT NULL,
    tracker TEXT NOT NULL,
    topic TEXT NOT NULL,
    minute BIGINT NOT NULL,
    partition BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    highest_offset BIGINT NOT NULL,
    PRIMARY KEY (tenant, tracker, topic, minute, partition)
);

CREATE INDEX IF NOT EXISTS rates_minute ON rates (minute, tenant, partition);

CREATE TABLE IF NOT EXISTS replies (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    parent TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    network_id TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS replies_case ON replies (tenant, case_id, created_at);

CREATE INDEX IF NOT EXISTS replies_due ON replies (state, due);

CREATE UNIQUE INDEX IF NOT EXISTS replies_key ON replies (tenant, key);

CREATE INDEX IF NOT EXISTS replies_network_id ON replies (tenant, connection, network_id);

CREATE INDEX IF NOT EXISTS replies_parent ON replies (tenant, connection, parent);

CREATE UNIQUE INDEX IF NOT EXISTS replies_slot ON replies (tenant, connection, parent, action) WHERE state IN ('absent', 'awaiting_approval', 'claimed', 'planned', 'sending', 'unknown');

CREATE TABLE IF NOT EXISTS router_commands (
    seq BIGSERIAL NOT NULL,
    tenant TEXT NOT NULL,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    priority BIGINT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    appended_at BIGINT NOT NULL,
    applied_seq BIGINT,
    applied_at BIGINT,
    status BIGINT,
    result TEXT,
    PRIMARY KEY (seq)
);

CREATE UNIQUE INDEX IF NOT EXISTS router_commands_applied ON router_commands (tenant, applied_seq);

CREATE UNIQUE INDEX IF NOT EXISTS router_commands_origin ON router_commands (tenant, origin);

CREATE INDEX IF NOT EXISTS router_commands_pending ON router_commands (tenant, priority, seq) WHERE applied_seq IS NULL;

CREATE TABLE IF NOT EXISTS saved_replies (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX IF NOT EXISTS saved_replies_name ON saved_replies (tenant, name);

CREATE TABLE IF NOT EXISTS seen (
    tenant TEXT NOT NULL,
    mention TEXT NOT NULL,
    digest TEXT NOT NULL,
    revision BIGINT NOT NULL,
    numbered BIGINT DEFAULT '0' NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, mention)
);

CREATE INDEX IF NOT EXISTS seen_age ON seen (at);

CREATE TABLE IF NOT EXISTS skills (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE IF NOT EXISTS source_states (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    cursor TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS sources (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    connection TEXT NOT NULL,
    kind TEXT NOT NULL,
    paused BIGINT DEFAULT '0' NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS sources_connection ON sources (tenant, connection);

CREATE TABLE IF NOT EXISTS tenants (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS timers (
    tenant TEXT NOT NULL,
    service TEXT NOT NULL,
    aggregate TEXT NOT NULL,
    kind TEXT NOT NULL,
    generation BIGINT NOT NULL,
    due BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, service, aggregate, kind)
);

CREATE INDEX IF NOT EXISTS timers_due ON timers (service, due);

CREATE TABLE IF NOT EXISTS tombstones (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);

CREATE TABLE IF NOT EXISTS tone_corrections (
    tenant TEXT NOT NULL,
    mention TEXT NOT NULL,
    case_id TEXT NOT NULL,
    label TEXT NOT NULL,
    corrected_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, mention)
);

CREATE INDEX IF NOT EXISTS tone_corrections_at ON tone_corrections (tenant, at, mention);

CREATE TABLE IF NOT EXISTS tracker_matches (
    tenant TEXT NOT NULL,
    tracker TEXT NOT NULL,
    mention TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, tracker, mention)
);

CREATE INDEX IF NOT EXISTS tracker_matches_age ON tracker_matches (received_at);

CREATE INDEX IF NOT EXISTS tracker_matches_received ON tracker_matches (tenant, tracker, received_at);

CREATE TABLE IF NOT EXISTS tracker_rates (
    tenant TEXT NOT NULL,
    tracker TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, tracker)
);

CREATE TABLE IF NOT EXISTS tracker_sets (
    tenant TEXT NOT NULL,
    revision BIGINT NOT NULL,
    trackers BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);

CREATE TABLE IF NOT EXISTS trackers (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    changed BIGINT DEFAULT '0' NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX IF NOT EXISTS trackers_changed ON trackers (tenant, changed);

CREATE UNIQUE INDEX IF NOT EXISTS trackers_name ON trackers (tenant, name);

-- What tables that are taken over may lack.
ALTER TABLE mentions ADD COLUMN IF NOT EXISTS severity TEXT DEFAULT '' NOT NULL;
