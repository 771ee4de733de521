CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- Empty when the person has no password: they came by a link or through Google.
    password_hash TEXT NOT NULL,
    app_metadata TEXT NOT NULL,
    user_metadata TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    last_sign_in_at TEXT,
    email_confirmed_at TEXT,
    invited_at TEXT,
    confirmation_sent_at TEXT,
    recovery_sent_at TEXT,
    email_change TEXT,
    email_change_sent_at TEXT,
    banned_until TEXT
);

CREATE TABLE IF NOT EXISTS identities (
    identity_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    identity_data TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (provider, provider_id)
);

CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    method TEXT NOT NULL DEFAULT 'password'
);

CREATE TABLE IF NOT EXISTS refresh_tokens (
    digest TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    used_at TEXT
);

CREATE TABLE IF NOT EXISTS one_time_tokens (
    digest TEXT PRIMARY KEY,
    code_digest TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    challenge TEXT,
    challenge_method TEXT,
    created_at TEXT NOT NULL,
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user_id, purpose, email)
);

CREATE TABLE IF NOT EXISTS mail_times (
    email TEXT NOT NULL,
    purpose TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (email, purpose)
);

CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS oauth_states (
    digest TEXT PRIMARY KEY,
    redirect_to TEXT NOT NULL,
    challenge TEXT,
    challenge_method TEXT,
    created_at TEXT NOT NULL,
    -- Set when the person agreed on the consent page.
    consent_digest TEXT,
    email TEXT,
    name TEXT
);

CREATE TABLE IF NOT EXISTS auth_codes (
    digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    challenge TEXT NOT NULL,
    challenge_method TEXT NOT NULL,
    method TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
CREATE INDEX IF NOT EXISTS refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX IF NOT EXISTS identities_by_user ON identities (user_id);
CREATE INDEX IF NOT EXISTS one_time_tokens_by_email ON one_time_tokens (email);
