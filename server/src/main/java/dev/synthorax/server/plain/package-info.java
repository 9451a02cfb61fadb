/**
 * ONNX models in Triton's layout: their configuration, the queue that batches requests, and the
 * instances that run them. Knows neither repository nor edges; of protobuf the messages of a
 * model's configuration alone.
 */
@NullMarked
package dev.synthorax.server.plain;

import org.jspecify.annotations.NullMarked;
