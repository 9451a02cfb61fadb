/** What a server says of itself. */
@NullMarked
package dev.synthorax.server.telemetry;

import org.jspecify.annotations.NullMarked;
