/** What those who run the server ask it by gRPC, on a port of its own. */
@NullMarked
package dev.synthorax.server.admin;

import org.jspecify.annotations.NullMarked;
