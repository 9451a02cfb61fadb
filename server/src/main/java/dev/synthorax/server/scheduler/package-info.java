/**
 * Who runs when: admission with an expected time, and the loop that batches denoising steps. Knows
 * rows, steps and costs; knows neither networks nor gRPC.
 */
@NullMarked
package dev.synthorax.server.scheduler;

import org.jspecify.annotations.NullMarked;
