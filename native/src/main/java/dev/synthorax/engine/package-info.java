/**
 * Backends behind one interface, {@link dev.synthorax.engine.Backend}. Owns native memory; knows
 * nothing of gRPC.
 */
@NullMarked
package dev.synthorax.engine;

import org.jspecify.annotations.NullMarked;
