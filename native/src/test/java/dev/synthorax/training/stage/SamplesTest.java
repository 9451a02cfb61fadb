package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ElementType;
import dev.synthorax.nn.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SamplesTest {
  @TempDir Path folder;

  /** A shard whose images are all of one grey, with masks of one channel after the other. */
  private SampleSource write(
      String name, double weight, int grey, int side, String structures, List<String> lines)
      throws IOException {
    Path shard = Files.createDirectories(folder.resolve(name));
    int samples = lines.size();
    int channels = structures.split(",", -1).length;
    byte[] images = new byte[samples * side * side];
    byte[] masks = new byte[samples * channels * side * side];
    Arrays.fill(images, (byte) grey);
    Arrays.fill(masks, (byte) 1);
    new SafetensorsWriter()
        .metadata("structures", structures)
        .add(
            "images",
            ElementType.U8,
            new long[] {samples, 1, side, side},
            MemorySegment.ofArray(images))
        .add(
            "masks",
            ElementType.U8,
            new long[] {samples, channels, side, side},
            MemorySegment.ofArray(masks))
        .write(shard.resolve("shard-00000.safetensors"));
    Files.write(shard.resolve("shard-00000.jsonl"), lines);
    return new SampleSource(shard, weight);
  }

  private static List<String> lines(String id, int count) {
    return IntStream.range(0, count).mapToObj(i -> "{\"id\":\"%s%d\"}".formatted(id, i)).toList();
  }

  @Test
  void open_twoFolders_areOneSetWithTheStructuresOfBoth() throws IOException {
    SampleSource first = write("a", 1, 0, 2, "lungs,heart", lines("a", 2));
    SampleSource second =
        write(
            "b", 3, 255, 2, "heart,rib", List.of("{\"id\":\"b0\",\"known_structures\":[\"rib\"]}"));

    try (Samples samples = Samples.open(List.of(first, second))) {
      assertThat(samples.size()).isEqualTo(3);
      assertThat(samples.structures()).containsExactly("lungs", "heart", "rib");
      assertThat(samples.labels()).extracting(Label::id).containsExactly("a0", "a1", "b0");
      assertThat(samples.images(new int[] {2, 1})).containsExactly(1, 1, 1, 1, -1, -1, -1, -1);
      assertThat(samples.known(new int[] {0, 2})).containsExactly(1, 1, 0, 0, 0, 1);
      assertThat(samples.masks(new int[] {2})).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
      assertThat(samples.heldOut()).isEmpty();
      assertThat(samples.identify(Identity.NONE).fields())
          .containsEntry("samples[1].weight", "3.0")
          .containsKey("samples[0].shard-00000.jsonl");
    }
  }

  @Test
  void order_largeFolder_neverDrawsWhatIsHeldOut() throws IOException {
    SampleSource large = write("a", 1, 0, 1, "lungs", lines("a", 200));
    SampleSource small = write("b", 1, 0, 1, "lungs", lines("b", 20));

    try (Samples samples = Samples.open(List.of(large, small))) {
      int[] drawn = samples.order(400, 1).batch(0);

      assertThat(samples.heldOut()).containsExactly(63, 127, 191);
      assertThat(IntStream.of(drawn).distinct().count()).isEqualTo(217);
      assertThat(IntStream.of(drawn).boxed()).doesNotContain(63, 127, 191);
    }
  }

  @Test
  void open_otherSizeOrNothing_isRefusedWithTheFolder() throws IOException {
    SampleSource small = write("a", 1, 0, 2, "lungs", lines("a", 1));
    SampleSource large = write("b", 1, 0, 4, "lungs", lines("b", 1));
    SampleSource empty = write("c", 1, 0, 2, "lungs", List.of());

    assertThatThrownBy(() -> Samples.open(List.of(small, large)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContainingAll("b: images of 4 x 4 (expected: 2 x 2, as in", "write the shards");
    assertThatThrownBy(() -> Samples.open(List.of(empty)))
        .hasMessageContaining("c: shards without a sample");
    assertThatThrownBy(() -> Samples.open(List.of()))
        .hasMessage("samples: no folder (expected: at least one)");
    assertThatThrownBy(() -> new SampleSource(folder, 0)).hasMessageContaining("weight 0.0");
  }
}
