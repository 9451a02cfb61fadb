package dev.synthorax.server.review;

import org.jspecify.annotations.Nullable;

/**
 * What a reader is to look at.
 *
 * @param task null: nothing
 * @param progress of the reader
 * @param instructions of the set
 */
public record NextItem(@Nullable ReviewTask task, ReviewProgress progress, String instructions) {}
