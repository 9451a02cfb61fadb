/** Training on a server, as a recipe file says: what is uploaded, started and watched. */
@NullMarked
package dev.synthorax.client.training;

import org.jspecify.annotations.NullMarked;
