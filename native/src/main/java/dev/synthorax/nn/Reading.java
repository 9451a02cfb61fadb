package dev.synthorax.nn;

import java.util.List;

/**
 * What a network says of images.
 *
 * @param logits {@code [batch, outputs]}, or {@code [batch, outputs, height, width]} of a network
 *     that marks structures; the sigmoid of each is a probability
 * @param features hidden maps {@code [batch, channels, height, width]} from the finest to the
 *     coarsest, which says most
 * @param <T> a value of the interpreter
 */
public record Reading<T>(T logits, List<T> features) {
  public Reading {
    features = List.copyOf(features);
  }
}
