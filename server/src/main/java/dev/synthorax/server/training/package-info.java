/**
 * Training beside the serving: datasets on disk, jobs in records, one trainer process at a time,
 * and the way of a finished model into the repository. One thread owns all of it.
 */
@NullMarked
package dev.synthorax.server.training;

import org.jspecify.annotations.NullMarked;
