-- Alerts, what Alertmanager has yet to be told of them, and pauses.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  environment TEXT NOT NULL,
  error_kind TEXT, -- none: drift
  opened_ms INTEGER NOT NULL, -- start of the scan that saw it first
  announced_ms INTEGER, -- when Alertmanager first took it
  resolved_ms INTEGER, -- end of the scan that no longer saw it
  scan INTEGER NOT NULL REFERENCES scan -- the latest that saw it: where its text comes from
) STRICT;
CREATE INDEX alert_by_environment ON alert (environment, resolved_ms);
CREATE INDEX alert_by_scan ON alert (scan);

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert INTEGER NOT NULL REFERENCES alert ON DELETE CASCADE,
  scan INTEGER NOT NULL REFERENCES scan ON DELETE CASCADE, -- the one that asked for it
  is_resolution INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  delivered_ms INTEGER
) STRICT;
CREATE INDEX delivery_by_alert ON delivery (alert);
CREATE INDEX delivery_by_scan ON delivery (scan);
CREATE INDEX delivery_pending ON delivery (alert) WHERE delivered_ms IS NULL;

CREATE TABLE pause (
  environment TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
