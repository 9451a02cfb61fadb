/** PNG files as they go out, and as strangers send them. */
@NullMarked
package dev.synthorax.server.png;

import org.jspecify.annotations.NullMarked;
