/**
 * Decoders of still-image codings that neither the Java runtime nor a kept library reads. They give
 * samples, not pictures, and know nothing of files that hold a coded image.
 */
@NullMarked
package dev.synthorax.client.image.codec;

import org.jspecify.annotations.NullMarked;
