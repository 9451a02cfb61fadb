/**
 * Samples (image, masks, prompt, findings) and the shard files that carry them to and from
 * training.
 */
@NullMarked
package dev.synthorax.client.dataset;

import org.jspecify.annotations.NullMarked;
