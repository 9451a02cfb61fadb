/** What every way into the server shares: the gate that counts calls, and their common end. */
@NullMarked
package dev.synthorax.server.edge;

import org.jspecify.annotations.NullMarked;
