/**
 * Reports for people: one self-contained HTML page a run, with its images beside their masks, its
 * settings and its timings. All text that comes from outside is escaped, and the page allows no
 * scripts.
 */
@NullMarked
package dev.synthorax.client.report;

import org.jspecify.annotations.NullMarked;
