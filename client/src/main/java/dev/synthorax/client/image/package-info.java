/**
 * Eight-bit grey images and binary masks: PNG in and out with size limits, resizing. Knows nothing
 * of anatomy.
 */
@NullMarked
package dev.synthorax.client.image;

import org.jspecify.annotations.NullMarked;
