/**
 * Datasets in the layouts that the field keeps them in: one reader and one writer a format, behind
 * {@link dev.synthorax.client.dataset.format.DatasetFormat}.
 */
@NullMarked
package dev.synthorax.client.dataset.format;

import org.jspecify.annotations.NullMarked;
