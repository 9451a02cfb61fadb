-- Sets of images that readers rate. Types are those that SQLite and PostgreSQL share: BYTEA keeps bytes in both, times are
-- milliseconds since 1970, a seed is its 64 bits.

CREATE TABLE review_sets (
  name TEXT PRIMARY KEY,
  instructions TEXT NOT NULL,
  items INTEGER NOT NULL, -- as announced; fewer are there until it is whole
  readers_per_item INTEGER NOT NULL, -- 0: every reader
  order_seed BIGINT NOT NULL,
  whole INTEGER NOT NULL, -- 1: all items are there, and readers see it
  created_ms BIGINT NOT NULL
);

CREATE TABLE review_items (
  set_name TEXT NOT NULL REFERENCES review_sets (name) ON DELETE CASCADE,
  item TEXT NOT NULL,
  position INTEGER NOT NULL,
  digest TEXT NOT NULL, -- of all that was sent of it
  prompt TEXT NOT NULL,
  model TEXT NOT NULL,
  model_version TEXT NOT NULL,
  settings TEXT NOT NULL,
  PRIMARY KEY (set_name, item)
);

CREATE INDEX review_items_in_order ON review_items (set_name, position);

-- By what they hold, so that a mask of many items is there once.
CREATE TABLE review_pictures (
  sha256 TEXT PRIMARY KEY,
  png BYTEA NOT NULL
);

CREATE TABLE review_masks (
  set_name TEXT NOT NULL,
  item TEXT NOT NULL,
  position INTEGER NOT NULL,
  structure TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES review_pictures (sha256),
  PRIMARY KEY (set_name, item, position),
  FOREIGN KEY (set_name, item) REFERENCES review_items (set_name, item) ON DELETE CASCADE
);

CREATE INDEX review_masks_of_picture ON review_masks (sha256);

CREATE TABLE review_images (
  set_name TEXT NOT NULL,
  item TEXT NOT NULL,
  position INTEGER NOT NULL,
  image TEXT NOT NULL,
  seed BIGINT,
  sha256 TEXT NOT NULL REFERENCES review_pictures (sha256),
  PRIMARY KEY (set_name, item, position),
  UNIQUE (set_name, image),
  FOREIGN KEY (set_name, item) REFERENCES review_items (set_name, item) ON DELETE CASCADE
);

CREATE INDEX review_images_of_picture ON review_images (sha256);

-- Who has rated what.
CREATE TABLE review_readings (
  set_name TEXT NOT NULL,
  item TEXT NOT NULL,
  reader TEXT NOT NULL,
  rated_ms BIGINT NOT NULL,
  PRIMARY KEY (set_name, item, reader),
  FOREIGN KEY (set_name, item) REFERENCES review_items (set_name, item) ON DELETE CASCADE
);

CREATE INDEX review_readings_of_reader ON review_readings (set_name, reader);

-- Of a reader's ratings of an image the highest revision counts; the others are its history.
CREATE TABLE review_ratings (
  set_name TEXT NOT NULL,
  item TEXT NOT NULL,
  image TEXT NOT NULL,
  reader TEXT NOT NULL,
  revision INTEGER NOT NULL,
  text_score INTEGER CHECK (text_score BETWEEN 0 AND 5),
  mask_score INTEGER CHECK (mask_score BETWEEN 0 AND 5),
  rated_ms BIGINT NOT NULL,
  PRIMARY KEY (set_name, item, image, reader, revision),
  FOREIGN KEY (set_name, item) REFERENCES review_items (set_name, item) ON DELETE CASCADE
);
