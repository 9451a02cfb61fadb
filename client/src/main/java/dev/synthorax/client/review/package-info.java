/** What readers rate: sets made of generated images, and sheets for a spreadsheet. */
@NullMarked
package dev.synthorax.client.review;

import org.jspecify.annotations.NullMarked;
