package dev.synthorax.nn;

import java.util.List;

/**
 * What a {@link ControlNetModel} adds to a {@link UNet2DConditionModel}.
 *
 * @param down one value for each residual of the way down (12 for SD 1.x), outermost first
 * @param middle for the middle block
 * @param <T> a value
 */
public record ControlNetResiduals<T>(List<T> down, T middle) {

  /** Copies the list. */
  public ControlNetResiduals {
    down = List.copyOf(down);
  }
}
