/** Commands about images that readers rate. */
@NullMarked
package dev.synthorax.client.cli.review;

import org.jspecify.annotations.NullMarked;
