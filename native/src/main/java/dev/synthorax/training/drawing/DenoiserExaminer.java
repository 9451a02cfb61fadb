package dev.synthorax.training.drawing;

import dev.synthorax.nn.AutoencoderConfig;
import dev.synthorax.nn.AutoencoderKL;
import dev.synthorax.nn.diffusers.DiffusersFolder.Component;
import dev.synthorax.nn.torch.TorchOps;
import dev.synthorax.nn.torch.TorchParameters;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.FlatOptimizer;
import dev.synthorax.training.stage.Samples;
import dev.synthorax.training.stage.StageRun;
import dev.synthorax.training.stage.TrainingEvent;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Tells the loss on samples that are held out, always with the same noise, and shows drawn images:
 * what is said of some of these samples, in a few steps of DDIM with guidance.
 */
record DenoiserExaminer(
    PipelineDraft draft,
    StageRun run,
    DenoiserLoss loss,
    FlatOptimizer optimizer,
    LatentCache latents,
    Map<Component, String> trained) {
  private static final int MEASURED = 64;

  /**
   * Of the drawn images.
   *
   * @param images how many
   * @param columns of the sheet
   * @param steps of DDIM
   * @param guidance towards what is said
   */
  private record Drawing(int images, int columns, int steps, double guidance) {
    private static final Drawing SHOWN = new Drawing(4, 4, 10, 3);
  }

  void examine(long step) throws IOException {
    int[] heldOut = run.samples().heldOut();
    if (heldOut.length == 0) {
      return;
    }
    optimizer.swapAverage();
    double measured;
    try (PointerScope _ = new PointerScope()) {
      measured = loss.of(AutoencoderExaminer.spread(heldOut, MEASURED)).item_double();
    }
    var values = new LinkedHashMap<String, Double>();
    values.put("loss", measured);
    run.tell(new TrainingEvent.Metrics(run.stage(), step, values));
    draw(step, AutoencoderExaminer.spread(heldOut, Drawing.SHOWN.images()));
    optimizer.swapAverage();
  }

  private void draw(long step, int[] shown) throws IOException {
    Samples samples = run.samples();
    var sheet = new ContactSheet(Drawing.SHOWN.columns(), samples.width(), samples.height());
    try (PointerScope _ = new PointerScope();
        TorchParameters vae = draft.open(Component.VAE, trained, run.seed())) {
      DenoiserLoss.Conditions said = loss.whole(shown);
      Tensor masked = said.masked();
      var nothing =
          new DenoiserLoss.Conditions(
              said.words().mul(new Scalar(0.0)),
              said.masks(),
              masked == null ? null : masked.mul(new Scalar(0.0)));
      int steps = Drawing.SHOWN.steps();
      Tensor x = torch.randn(latents.batchShape(shown.length));
      for (int i = 0; i < steps; i++) {
        int from = loss.objective().timestep(steps - i, steps);
        Tensor timesteps = torch.ones(shown.length).mul(new Scalar((double) from));
        Tensor free = loss.predict(x, timesteps, nothing);
        Tensor output =
            free.add(
                loss.predict(x, timesteps, said)
                    .sub(free)
                    .mul(new Scalar(Drawing.SHOWN.guidance())));
        x = loss.objective().ddim(x, output, from, loss.objective().timestep(steps - i - 1, steps));
      }
      AutoencoderConfig config = draft.autoencoder();
      Tensor drawn =
          AutoencoderKL.decode(
              TorchOps.evaluation(vae), config, x.mul(new Scalar(1 / latents.scalingFactor())));
      sheet.add(TorchTensors.toFloats(drawn));
    }
    sheet.show(run, step);
  }
}
