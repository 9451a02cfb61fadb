/**
 * The folder of a diffusion pipeline as diffusers saves it: what lies where, and whether it fits.
 */
@NullMarked
package dev.synthorax.nn.diffusers;

import org.jspecify.annotations.NullMarked;
