-- The store's tables as version 2 made them.
CREATE TABLE agents (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE alert_deliveries (
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

CREATE INDEX alert_deliveries_age ON alert_deliveries (at);

CREATE INDEX alert_deliveries_due ON alert_deliveries (due) WHERE state = 'waiting';

CREATE TABLE alert_receivers (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX alert_receivers_name ON alert_receivers (tenant, name);

CREATE TABLE alerts (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX alerts_age ON alerts (at);

CREATE INDEX alerts_at ON alerts (tenant, at, id);

CREATE INDEX alerts_unplanned ON alerts (at) WHERE planned = 0;

CREATE TABLE api_keys (
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

CREATE TABLE author_languages (
    tenant TEXT NOT NULL,
    network TEXT NOT NULL,
    author TEXT NOT NULL,
    revision BIGINT NOT NULL,
    language TEXT NOT NULL,
    percent BIGINT NOT NULL,
    PRIMARY KEY (tenant, network, author)
);

CREATE INDEX author_languages_age ON author_languages (revision);

CREATE TABLE case_facts (
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, case_id)
);

CREATE INDEX case_facts_opened ON case_facts (tenant, opened_at);

CREATE TABLE cases (
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

CREATE INDEX cases_assignee ON cases (tenant, assignee, state);

CREATE INDEX cases_author ON cases (tenant, connection, author, updated_at);

CREATE INDEX cases_state ON cases (tenant, state, deadline);

CREATE INDEX cases_updated ON cases (tenant, updated_at, id);

CREATE TABLE connections (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    network TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX connections_id ON connections (id);

CREATE TABLE copy_sketches (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    holder TEXT NOT NULL,
    at BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX copy_sketches_age ON copy_sketches (at);

CREATE TABLE dead_letters (
    id TEXT NOT NULL,
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    record_offset BIGINT NOT NULL,
    "key" BLOB NOT NULL,
    value BLOB NOT NULL,
    headers BLOB NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    retried_at BIGINT,
    PRIMARY KEY (id)
);

CREATE INDEX dead_letters_rate ON dead_letters (consumer_group, at);

CREATE TABLE decisions (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX decisions_case ON decisions (tenant, case_id, at);

CREATE TABLE drafts (
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    writer TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, case_id, writer)
);

CREATE TABLE idempotency (
    tenant TEXT NOT NULL,
    principal TEXT NOT NULL,
    route TEXT NOT NULL,
    "key" TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    origin TEXT NOT NULL,
    status BIGINT,
    response TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, principal, route, "key")
);

CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE leases (
    lease TEXT NOT NULL,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (lease)
);

CREATE TABLE mentions (
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
    tagged BLOB NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX mentions_author ON mentions (tenant, network, author, created_at);

CREATE INDEX mentions_case ON mentions (tenant, case_id, created_at);

CREATE INDEX mentions_created ON mentions (tenant, created_at, id);

CREATE INDEX mentions_source_id ON mentions (tenant, network, source_id);

CREATE TABLE notes (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX notes_case ON notes (tenant, case_id, at);

CREATE TABLE offers (
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

CREATE INDEX offers_agent ON offers (tenant, agent, state);

CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    txid BIGINT NOT NULL,
    service TEXT NOT NULL,
    tenant TEXT NOT NULL,
    topic TEXT NOT NULL,
    "key" BLOB NOT NULL,
    aggregate TEXT NOT NULL,
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    audience TEXT NOT NULL,
    value BLOB NOT NULL,
    headers BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);

CREATE INDEX outbox_feed ON outbox (txid, id);

CREATE INDEX outbox_tenant_feed ON outbox (tenant, txid, id);

CREATE INDEX outbox_unsent ON outbox (service, id) WHERE sent_at IS NULL;

CREATE TABLE own_posts (
    tenant TEXT NOT NULL,
    connection TEXT NOT NULL,
    source_id TEXT NOT NULL,
    parent_source_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, connection, source_id)
);

CREATE INDEX own_posts_parent ON own_posts (tenant, connection, parent_source_id);

CREATE TABLE policies (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (tenant, name, version)
);

CREATE TABLE positions (
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition BIGINT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
);

CREATE TABLE queues (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE replies (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    case_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    parent TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    network_id TEXT NOT NULL,
    "key" TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX replies_case ON replies (tenant, case_id, created_at);

CREATE INDEX replies_due ON replies (state, due);

CREATE UNIQUE INDEX replies_key ON replies (tenant, "key");

CREATE INDEX replies_network_id ON replies (tenant, connection, network_id);

CREATE INDEX replies_parent ON replies (tenant, connection, parent);

CREATE UNIQUE INDEX replies_slot ON replies (tenant, connection, parent, action) WHERE state IN ('absent', 'awaiting_approval', 'claimed', 'planned', 'sending', 'unknown');

CREATE TABLE router_commands (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
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
    result TEXT
);

CREATE UNIQUE INDEX router_commands_applied ON router_commands (tenant, applied_seq);

CREATE UNIQUE INDEX router_commands_origin ON router_commands (tenant, origin);

CREATE INDEX router_commands_pending ON router_commands (tenant, priority, seq) WHERE applied_seq IS NULL;

CREATE TABLE saved_replies (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX saved_replies_name ON saved_replies (tenant, name);

CREATE TABLE seen (
    tenant TEXT NOT NULL,
    mention TEXT NOT NULL,
    digest TEXT NOT NULL,
    revision BIGINT NOT NULL,
    numbered BIGINT DEFAULT '0' NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, mention)
);

CREATE INDEX seen_age ON seen (at);

CREATE TABLE skills (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE source_states (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    cursor TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE sources (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    connection TEXT NOT NULL,
    kind TEXT NOT NULL,
    paused BIGINT DEFAULT '0' NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX sources_connection ON sources (tenant, connection);

CREATE TABLE tenants (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE timers (
    tenant TEXT NOT NULL,
    service TEXT NOT NULL,
    aggregate TEXT NOT NULL,
    kind TEXT NOT NULL,
    generation BIGINT NOT NULL,
    due BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, service, aggregate, kind)
);

CREATE INDEX timers_due ON timers (service, due);

CREATE TABLE tombstones (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);

CREATE TABLE tone_corrections (
    tenant TEXT NOT NULL,
    mention TEXT NOT NULL,
    case_id TEXT NOT NULL,
    label TEXT NOT NULL,
    corrected_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, mention)
);

CREATE INDEX tone_corrections_at ON tone_corrections (tenant, at, mention);

CREATE TABLE tracker_matches (
    tenant TEXT NOT NULL,
    tracker TEXT NOT NULL,
    mention TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, tracker, mention)
);

CREATE INDEX tracker_matches_age ON tracker_matches (received_at);

CREATE INDEX tracker_matches_received ON tracker_matches (tenant, tracker, received_at);

CREATE TABLE tracker_rates (
    tenant TEXT NOT NULL,
    tracker TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, tracker)
);

CREATE TABLE tracker_sets (
    tenant TEXT NOT NULL,
    revision BIGINT NOT NULL,
    trackers BIGINT NOT NULL,
    PRIMARY KEY (tenant)
);

CREATE TABLE trackers (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    "query" TEXT NOT NULL,
    changed BIGINT DEFAULT '0' NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX trackers_changed ON trackers (tenant, changed);

CREATE UNIQUE INDEX trackers_name ON trackers (tenant, name);

PRAGMA user_version = 2;
