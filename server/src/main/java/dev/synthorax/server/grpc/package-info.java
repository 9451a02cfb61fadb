/** The gRPC edge: services, validation, error mapping, flow control, drain. */
@NullMarked
package dev.synthorax.server.grpc;

import org.jspecify.annotations.NullMarked;
