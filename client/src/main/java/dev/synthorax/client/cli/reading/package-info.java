/** Commands that have radiographs read by networks: {@code segment} and {@code classify}. */
@NullMarked
package dev.synthorax.client.cli.reading;

import org.jspecify.annotations.NullMarked;
