package dev.synthorax.training.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.nn.torch.TorchTensors;
import dev.synthorax.training.stage.SampleSource;
import dev.synthorax.training.stage.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReaderTaskIT {
  private static final int[] BOTH = {0, 1};

  @TempDir Path folder;

  @MustBeClosed
  private Samples open(Films.Film... films) throws IOException {
    Path shards = Films.write(folder.resolve("shards"), List.of(films));
    return Samples.open(List.of(SampleSource.of(shards)));
  }

  private static Films.Film film(
      String id, List<String> findings, List<String> absent, String... known) {
    return new Films.Film(id, findings, absent, List.of(known), Map.of());
  }

  @Test
  void classifying_unknownFindings_haveNoPartInTheLoss() throws IOException {
    ReaderTask task = new ReaderTask.Classifying(List.of("edema", "nodule"));
    try (PointerScope _ = new PointerScope();
        Samples samples =
            open(
                film("a", List.of("edema"), List.of("nodule"), "lungs", "heart"),
                film("b", List.of(), List.of("edema"), "lungs", "heart"))) {
      Tensor logits = TorchTensors.floats(new float[] {0, 0, 0, 5}, 2, 2).set_requires_grad(true);

      Tensor loss = task.loss(logits, task.targets(samples, BOTH), task.positiveWeights(List.of()));
      loss.backward();

      assertThat(loss.item_double()).isCloseTo(Math.log(2), within(1e-6));
      assertThat(TorchTensors.toFloats(logits.grad()))
          .containsExactly(new float[] {-1 / 6f, 1 / 6f, 1 / 6f, 0}, within(1e-6f));
    }
  }

  @Test
  void classifying_labelOfAnAttribute_standsForItsValue() throws IOException {
    ReaderTask task = new ReaderTask.Classifying(List.of("side=left", "side=right"));
    List<String> known = List.of("lungs");
    try (PointerScope _ = new PointerScope();
        Samples samples =
            open(
                new Films.Film("a", List.of(), null, known, Map.of("side", "left")),
                new Films.Film("b", List.of(), null, known, Map.of("side", "right")))) {
      ReaderTask.Targets targets = task.targets(samples, BOTH);

      assertThat(TorchTensors.toFloats(targets.values())).containsExactly(1, 0, 0, 1);
      assertThat(TorchTensors.toFloats(targets.known())).containsOnly(1);
      task.check(samples, BOTH);
    }
  }

  @Test
  void classifying_positiveWeights_weighWhatIsThere() throws IOException {
    ReaderTask task = new ReaderTask.Classifying(List.of("edema"));
    try (PointerScope _ = new PointerScope();
        Samples samples =
            open(
                new Films.Film("a", List.of("edema"), null, List.of("lungs"), Map.of()),
                new Films.Film("b", List.of(), null, List.of("lungs"), Map.of()))) {
      Tensor logits = TorchTensors.floats(new float[] {0, 0}, 2, 1);

      Tensor loss =
          task.loss(logits, task.targets(samples, BOTH), task.positiveWeights(List.of(3.0)));

      assertThat(loss.item_double()).isCloseTo(2 * Math.log(2), within(1e-6));
    }
  }

  @Test
  void segmenting_structuresThatAreNotKnown_gatherNoGradient() throws IOException {
    ReaderTask task = new ReaderTask.Segmenting(List.of("heart", "lungs", "ribs"));
    try (PointerScope _ = new PointerScope();
        Samples samples =
            open(
                film("a", List.of(), List.of(), "lungs"),
                film("b", List.of(), List.of(), "lungs", "heart"))) {
      Tensor logits = torch.zeros(2, 3, Films.SIDE, Films.SIDE).set_requires_grad(true);

      task.loss(logits, task.targets(samples, BOTH), task.positiveWeights(List.of())).backward();

      float[] largest = TorchTensors.toFloats(logits.grad().abs().amax(new long[] {2, 3}, false));
      assertThat(largest[0]).as("heart of a").isZero();
      assertThat(largest[1]).as("lungs of a").isPositive();
      assertThat(largest[2]).as("ribs of a").isZero();
      assertThat(largest[3]).as("heart of b").isPositive();
      assertThat(largest[4]).as("lungs of b").isPositive();
      assertThat(largest[5]).as("ribs of b").isZero();
    }
  }

  @Test
  void segmenting_nothingKnown_costsNothing() throws IOException {
    ReaderTask task = new ReaderTask.Segmenting(List.of("ribs"));
    try (PointerScope _ = new PointerScope();
        Samples samples = open(film("a", List.of(), List.of(), "lungs"))) {
      Tensor logits = torch.randn(1, 1, Films.SIDE, Films.SIDE);

      Tensor loss =
          task.loss(logits, task.targets(samples, new int[] {0}), task.positiveWeights(List.of()));

      assertThat(loss.item_double()).isZero();
    }
  }

  @Test
  void segmenting_aPerfectMask_costsAlmostNothing() throws IOException {
    ReaderTask task = new ReaderTask.Segmenting(List.of("heart", "lungs"));
    try (PointerScope _ = new PointerScope();
        Samples samples =
            open(
                film("a", List.of(), List.of(), "lungs", "heart"),
                film("b", List.of(), List.of(), "lungs", "heart"))) {
      ReaderTask.Targets targets = task.targets(samples, BOTH);
      Tensor perfect =
          targets
              .values()
              .mul(new org.bytedeco.pytorch.Scalar(40.0))
              .sub(new org.bytedeco.pytorch.Scalar(20.0));

      Tensor weights = task.positiveWeights(List.of());

      assertThat(task.loss(perfect, targets, weights).item_double()).isLessThan(1e-4);
      assertThat(task.loss(perfect.neg(), targets, weights).item_double()).isGreaterThan(10);
    }
  }

  @Test
  void check_labelsThatCannotBeTaught_areAllNamed() throws IOException {
    try (Samples samples =
        open(
            film("a", List.of("edema", "normal"), List.of(), "lungs"),
            film("b", List.of("normal"), List.of("edema"), "lungs"))) {
      assertThatThrownBy(
              () ->
                  new ReaderTask.Classifying(List.of("edema", "nodule", "normal"))
                      .check(samples, BOTH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "labels: nodule: no sample has it; normal: no sample is known to be without it"
                  + " (expected: findings that some have and some have not of the samples that are"
                  + " learned from: edema, normal)");
      assertThatThrownBy(
              () ->
                  new ReaderTask.Segmenting(List.of("lungs", "heart", "ribs")).check(samples, BOTH))
          .hasMessage(
              "labels: heart: no sample has a mask of it; ribs: no sample has a mask of it"
                  + " (expected: structures of the samples that are learned from: lungs)");
    }
  }
}
