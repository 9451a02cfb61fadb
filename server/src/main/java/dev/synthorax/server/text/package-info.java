/** Text from elsewhere on its way to a terminal or a log. */
@NullMarked
package dev.synthorax.server.text;

import org.jspecify.annotations.NullMarked;
