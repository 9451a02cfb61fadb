/** The server's main and its wiring, nothing else. */
@NullMarked
package dev.synthorax.server;

import org.jspecify.annotations.NullMarked;
