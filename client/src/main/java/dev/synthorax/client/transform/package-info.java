/**
 * Geometric transforms of masks with checks of the anatomy they leave ({@link
 * dev.synthorax.client.transform.TransformDraw}), and classical augmentations of images ({@link
 * dev.synthorax.client.transform.ImageAugmentation}). Everything is drawn from a seed, gives the
 * same bytes on every JVM, and has a parameter map that is enough to make it again.
 */
@NullMarked
package dev.synthorax.client.transform;

import org.jspecify.annotations.NullMarked;
