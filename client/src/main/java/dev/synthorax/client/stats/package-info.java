/**
 * Significance of differences between arms that were measured on the same units.
 *
 * <p>Start at {@link dev.synthorax.client.stats.Comparisons}: it reads one of the three kinds of
 * CSV ({@link dev.synthorax.client.stats.ScoreFile}), pairs every arm with the baseline ({@link
 * dev.synthorax.client.stats.Pairing}), runs one {@link dev.synthorax.client.stats.PairedTest},
 * adjusts for the family ({@link dev.synthorax.client.stats.Adjustment}) and says in words what was
 * tested. The tests themselves take arrays and know of no file. What cannot be read or paired is a
 * {@link dev.synthorax.client.table.TableException} that names file, row and value; what can be
 * read but has no statistic (one pair, no variance) is a comparison without a p-value and with a
 * warning.
 */
@NullMarked
package dev.synthorax.client.stats;

import org.jspecify.annotations.NullMarked;
