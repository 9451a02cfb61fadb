/**
 * What a dataset of radiographs is: patients, studies, images, labels, masks, boxes and splits; and
 * the shard files that carry samples to and from training.
 */
@NullMarked
package dev.synthorax.client.dataset;

import org.jspecify.annotations.NullMarked;
