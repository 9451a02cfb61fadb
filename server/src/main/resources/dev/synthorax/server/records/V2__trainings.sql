-- Training jobs. Types are those that SQLite and PostgreSQL share; times are milliseconds since 1970.

CREATE TABLE trainings (
  number BIGINT PRIMARY KEY, -- order in which they were asked for
  name TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL, -- JSON
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  started_ms BIGINT,
  ended_ms BIGINT,
  restarts INTEGER NOT NULL,
  model_version TEXT NOT NULL -- empty until the model is promoted
);
