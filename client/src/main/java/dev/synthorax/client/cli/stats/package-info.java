/** {@code stats} and {@code report}: comparisons of arms. */
@NullMarked
package dev.synthorax.client.cli.stats;

import org.jspecify.annotations.NullMarked;
