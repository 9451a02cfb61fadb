/**
 * Images asked of servers, checked, and kept in a folder as they come: one engine for all commands.
 */
@NullMarked
package dev.synthorax.client.generation;

import org.jspecify.annotations.NullMarked;
