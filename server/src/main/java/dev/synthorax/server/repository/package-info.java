/**
 * Model folders and what became of them: bundled models, scanning, loading in the background,
 * look-up.
 */
@NullMarked
package dev.synthorax.server.repository;

import org.jspecify.annotations.NullMarked;
