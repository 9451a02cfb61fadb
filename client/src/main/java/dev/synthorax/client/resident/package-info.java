/**
 * A server that stays in the background for the commands of its user: started, written down, found
 * again, and ended.
 */
@NullMarked
package dev.synthorax.client.resident;

import org.jspecify.annotations.NullMarked;
