/** Typed configuration: one record a section, defaults in a constant, checks in the constructor. */
@NullMarked
package dev.synthorax.server.config;

import org.jspecify.annotations.NullMarked;
