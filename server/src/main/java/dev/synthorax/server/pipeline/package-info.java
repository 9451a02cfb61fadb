/**
 * Stages of a generation, each with its own thread and queue: encode the prompt, denoise, decode,
 * write the image. Reaches networks through {@link dev.synthorax.engine.Backend}; knows no gRPC.
 */
@NullMarked
package dev.synthorax.server.pipeline;

import org.jspecify.annotations.NullMarked;
