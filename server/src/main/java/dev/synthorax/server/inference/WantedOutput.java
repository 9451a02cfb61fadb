package dev.synthorax.server.inference;

import org.jspecify.annotations.Nullable;

/**
 * An output that a request asks for.
 *
 * @param name of the model's output
 * @param classes how many of the largest elements, with their indexes, instead of all; 0: all
 * @param shared where to write it; null: into the message
 */
record WantedOutput(String name, long classes, @Nullable SharedRange shared) {}
