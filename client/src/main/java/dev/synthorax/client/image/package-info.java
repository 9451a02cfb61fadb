/**
 * Eight-bit grey images and binary masks: PNG and JPEG in and out, BMP and TIFF in, with size
 * limits; run-length coded masks; resizing. Knows nothing of anatomy.
 */
@NullMarked
package dev.synthorax.client.image;

import org.jspecify.annotations.NullMarked;
