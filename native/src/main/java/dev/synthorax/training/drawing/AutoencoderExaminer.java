package dev.synthorax.training.drawing;

import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Losses;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Tells how samples that are held out come back: {@code psnr} in dB, {@code edges}, the mean slope
 * of reconstructions as a share of the images', and pictures, each image beside its reconstruction.
 */
record AutoencoderExaminer(StageRun run, AutoencoderLoss loss, FlatOptimizer optimizer) {
  private static final int MEASURED = 16;
  private static final int SHOWN = 4;

  void examine(long step) throws IOException {
    Samples samples = run.samples();
    int[] heldOut = samples.heldOut();
    if (heldOut.length == 0) {
      return;
    }
    int[] measured = spread(heldOut, MEASURED);
    optimizer.swapAverage();
    double squares = 0;
    double slopes = 0;
    double expected = 0;
    var sheet = new ContactSheet(2, samples.width(), samples.height());
    for (int i = 0; i < measured.length; i++) {
      int[] one = {measured[i]};
      float[] pixels = samples.images(one);
      try (PointerScope _ = new PointerScope()) {
        Tensor image = TorchTensors.floats(pixels, 1, 1, samples.height(), samples.width());
        Tensor back = loss.reconstruct(image);
        squares += back.sub(image).square().mean().item_double();
        Tensor nothing = image.sub(image);
        slopes += Losses.edges(back, nothing).item_double();
        expected += Losses.edges(image, nothing).item_double();
        if (i < SHOWN) {
          sheet.add(pixels);
          sheet.add(TorchTensors.toFloats(back));
        }
      }
    }
    optimizer.swapAverage();
    var values = new LinkedHashMap<String, Double>();
    values.put("psnr", 10 * Math.log10(4 * measured.length / squares));
    values.put("edges", slopes / expected);
    run.tell(new TrainingEvent.Metrics(run.stage(), step, values));
    sheet.show(run, step);
  }

  /** At most so many of them, from all over. */
  static int[] spread(int[] indices, int most) {
    int count = Math.min(most, indices.length);
    int[] result = new int[count];
    Arrays.setAll(result, i -> indices[(int) ((long) i * indices.length / count)]);
    return result;
  }
}
