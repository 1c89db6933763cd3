-- Scans. Times are milliseconds since 1970-01-01T00:00:00Z; words are those of `src/drift/scan.rs`.
CREATE TABLE scan (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that `sprag drift log 17` always means the same scan
  environment TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  since_ms INTEGER NOT NULL, -- start of the first scan of the unbroken row of scans with this verdict
  is_suspect INTEGER NOT NULL,
  drifted INTEGER NOT NULL, -- changes that count as drift
  ahead INTEGER NOT NULL, -- changes that wait for an apply
  ignored INTEGER NOT NULL, -- changes that an ignore rule silences
  benign INTEGER NOT NULL,
  outputs TEXT NOT NULL, -- JSON list of names
  error_kind TEXT,
  error_phase TEXT,
  error_message TEXT,
  error_remedy TEXT,
  commit_id TEXT,
  is_dirty INTEGER NOT NULL,
  behind INTEGER,
  tool TEXT,
  serial INTEGER
) STRICT;
CREATE INDEX scan_by_environment ON scan (environment);
CREATE INDEX scan_by_environment_and_verdict ON scan (environment, verdict);
CREATE INDEX scan_by_verdict ON scan (verdict);
CREATE INDEX scan_by_time ON scan (started_ms);

CREATE TABLE change (
  scan INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  path TEXT NOT NULL,
  expected TEXT NOT NULL,
  actual TEXT NOT NULL,
  kind TEXT NOT NULL,
  cause TEXT NOT NULL,
  order_only INTEGER NOT NULL,
  empty_equivalent INTEGER NOT NULL,
  dangerous INTEGER NOT NULL,
  recurring INTEGER NOT NULL,
  ignored_by INTEGER,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (scan, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_fingerprint ON change (fingerprint);

CREATE TABLE finding (
  scan INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE,
  position INTEGER NOT NULL,
  severity TEXT NOT NULL,
  summary TEXT NOT NULL,
  detail TEXT NOT NULL,
  address TEXT,
  place TEXT,
  count INTEGER NOT NULL,
  PRIMARY KEY (scan, position)
) STRICT, WITHOUT ROWID;

-- Each distinct change that raised an alarm, so that the noise of a month needs no look at every change.
CREATE TABLE alarm (
  environment TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  last_ms INTEGER NOT NULL, -- start of the latest scan that found it
  is_noise INTEGER NOT NULL, -- whether it ever was recurring, or nothing but order or emptiness
  PRIMARY KEY (environment, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_by_time ON alarm (environment, last_ms, is_noise);
