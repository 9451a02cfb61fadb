package dev.synthorax.training.reading;

import dev.synthorax.nn.torch.TorchParameters;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A copy of a network's values where they scored best. Of equal scores the first stays.
 *
 * <p><b>Ownership:</b> tensors of the scope in which it is made.
 */
final class BestValues {
  private final List<Tensor> values = new ArrayList<>();
  private final Tensor score;

  BestValues(TorchParameters parameters) {
    try (NoGradGuard _ = new NoGradGuard()) {
      parameters.named().values().forEach(tensor -> values.add(tensor.clone()));
      score = torch.full(new long[] {1}, new Scalar(Double.NEGATIVE_INFINITY));
    }
  }

  /** All that a checkpoint has to hold of it. */
  List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>(values);
    tensors.add(score);
    return tensors;
  }

  /** Takes the network's values if their score is better than any before. */
  void offer(double candidate, TorchParameters parameters) {
    if ((float) candidate > score.item_float()) {
      score.fill_(new Scalar(candidate));
      List<Tensor> tensors = List.copyOf(parameters.named().values());
      for (int i = 0; i < tensors.size(); i++) {
        values.get(i).copy_(tensors.get(i));
      }
    }
  }

  /** Gives the network the best values. */
  void restore(TorchParameters parameters) {
    try (NoGradGuard _ = new NoGradGuard()) {
      List<Tensor> tensors = List.copyOf(parameters.named().values());
      for (int i = 0; i < tensors.size(); i++) {
        tensors.get(i).copy_(values.get(i));
      }
    }
  }
}
