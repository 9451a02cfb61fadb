/** Radiographs of files, read by a server: masks, outlines and tables of what it says of them. */
@NullMarked
package dev.synthorax.client.reading;

import org.jspecify.annotations.NullMarked;
