/** Shared libraries of the host that no jar brings: where they may lie, and how they are loaded. */
@NullMarked
package dev.synthorax.engine.library;

import org.jspecify.annotations.NullMarked;
