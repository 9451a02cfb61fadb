/** Random numbers that are the same on every JVM. */
@NullMarked
package dev.synthorax.client.random;

import org.jspecify.annotations.NullMarked;
