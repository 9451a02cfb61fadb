/** Distributions that are counted where work is done and read where it is watched. */
@NullMarked
package dev.synthorax.server.measure;

import org.jspecify.annotations.NullMarked;
