/**
 * The Java SDK: {@link dev.synthorax.client.SynthoraxClient} asks a server for images, blocking,
 * asynchronously or as a stream of events; {@link dev.synthorax.client.ServerProcess} runs a server
 * as a child process for as long as one command needs it.
 */
@NullMarked
package dev.synthorax.client;

import org.jspecify.annotations.NullMarked;
