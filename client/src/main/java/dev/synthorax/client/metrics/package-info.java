/**
 * Measures of predictions and of images. The only place that computes them.
 *
 * <p>Three families, each with one type that a command or report starts from:
 *
 * <ul>
 *   <li>segmentation: {@link dev.synthorax.client.metrics.MaskScores} of two masks, by {@link
 *       dev.synthorax.client.metrics.Overlap} and {@link
 *       dev.synthorax.client.metrics.SurfaceDistances};
 *   <li>classification: {@link dev.synthorax.client.metrics.ClassificationScores}, with {@link
 *       dev.synthorax.client.metrics.Thresholds} that come from validation scores only;
 *   <li>fidelity of synthetic images: {@link dev.synthorax.client.metrics.FidelityScores}, {@link
 *       dev.synthorax.client.metrics.Memorisation} and {@link dev.synthorax.client.metrics.MsSsim},
 *       the first two always on named {@link dev.synthorax.client.metrics.Features}.
 * </ul>
 *
 * <p>A value that does not exist (Dice of two empty masks, AUROC of one class) is NaN here, so that
 * a mean has to say what it does with it; what prints them turns NaN into null and counts it.
 */
@NullMarked
package dev.synthorax.client.metrics;

import org.jspecify.annotations.NullMarked;
