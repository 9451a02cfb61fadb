/**
 * The services that read radiographs: from the image of a request to what a plain model says of it,
 * and back to masks of the image's own size.
 */
@NullMarked
package dev.synthorax.server.reading;

import org.jspecify.annotations.NullMarked;
