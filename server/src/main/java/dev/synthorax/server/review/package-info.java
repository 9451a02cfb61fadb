/** Sets of images that readers rate, their ratings, and what training takes from them. */
@NullMarked
package dev.synthorax.server.review;

import org.jspecify.annotations.NullMarked;
