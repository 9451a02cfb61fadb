/** Who may call the server: its TLS, tokens, what tenants may ask and how much. */
@NullMarked
package dev.synthorax.server.access;

import org.jspecify.annotations.NullMarked;
