/**
 * Pictures that come with a request, from a stranger's file to numbers: masks of structures, start
 * images and the regions of them that are drawn anew. Knows no gRPC.
 */
@NullMarked
package dev.synthorax.server.pictures;

import org.jspecify.annotations.NullMarked;
