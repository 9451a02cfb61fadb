/** The commands of training. */
@NullMarked
package dev.synthorax.client.cli.training;

import org.jspecify.annotations.NullMarked;
