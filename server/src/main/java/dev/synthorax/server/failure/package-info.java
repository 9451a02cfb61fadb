/** What only a server can say of a request that it does not serve. */
@NullMarked
package dev.synthorax.server.failure;

import org.jspecify.annotations.NullMarked;
