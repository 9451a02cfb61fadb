/** CSV files read row by row, with file, line, column and value in every complaint. */
@NullMarked
package dev.synthorax.client.table;

import org.jspecify.annotations.NullMarked;
