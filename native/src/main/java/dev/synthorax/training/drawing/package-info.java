/** Recipes of networks that draw: autoencoder, denoiser, ControlNet. */
@NullMarked
package dev.synthorax.training.drawing;

import org.jspecify.annotations.NullMarked;
