/**
 * What the server remembers beside models: jobs, data sets and ratings, in one SQLite file of the
 * data folder. Other packages bring their tables as migrations and their questions as SQL.
 */
@NullMarked
package dev.synthorax.server.records;

import org.jspecify.annotations.NullMarked;
