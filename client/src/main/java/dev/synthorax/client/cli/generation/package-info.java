/** {@code demo}, {@code generate}, {@code augment} and {@code models}: what a server makes. */
@NullMarked
package dev.synthorax.client.cli.generation;

import org.jspecify.annotations.NullMarked;
