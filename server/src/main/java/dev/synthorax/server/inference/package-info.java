/**
 * The Open Inference Protocol with the extensions of Triton's clients: plain models over gRPC, and
 * what the server has.
 */
@NullMarked
package dev.synthorax.server.inference;

import org.jspecify.annotations.NullMarked;
