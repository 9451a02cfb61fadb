/** What those who run servers, and their load balancers, ask by gRPC. */
@NullMarked
package dev.synthorax.server.admin;

import org.jspecify.annotations.NullMarked;
