package dev.synthorax.training.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.synthorax.nn.weights.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SampleShardWriterTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SampleShape SHAPE = new SampleShape(8, 9, List.of("lungs", "heart"));

  @TempDir private Path folder;

  private static Path golden() {
    return Path.of("src/test/resources/golden/sample-shard");
  }

  private static SampleLine line(String id) {
    return new SampleLine(id, null, "", List.of("normal"), null, JSON.createObjectNode());
  }

  /** Writes the samples of a shard anew. */
  private void copy(Path shard, SampleShardWriter writer) throws IOException {
    List<String> lines =
        Files.readAllLines(
            shard.resolveSibling(shard.getFileName().toString().replace("safetensors", "jsonl")));
    try (SafetensorsFile file = SafetensorsFile.open(shard)) {
      byte[] images = file.tensor("images").data().toArray(ValueLayout.JAVA_BYTE);
      byte[] masks = file.tensor("masks").data().toArray(ValueLayout.JAVA_BYTE);
      int pixels = 64 * 64;
      for (int i = 0; i < lines.size(); i++) {
        JsonNode node = JSON.readTree(lines.get(i));
        var known = new LinkedHashMap<String, byte[]>();
        for (String structure : List.of("lungs", "heart", "pneumothorax")) {
          int at = (i * 3 + known.size()) * pixels;
          known.put(structure, Arrays.copyOfRange(masks, at, at + pixels));
        }
        writer.add(
            Arrays.copyOfRange(images, i * pixels, (i + 1) * pixels),
            known,
            new SampleLine(
                node.path("id").asText(),
                node.path("seed").asLong(),
                node.path("prompt").asText(),
                node.path("findings").valueStream().map(JsonNode::asText).toList(),
                null,
                (ObjectNode) node.path("attributes")));
      }
    }
  }

  @Test
  void finish_samplesOfTheGolden_givesItsBytes() throws IOException {
    var shape = new SampleShape(64, 64, List.of("lungs", "heart", "pneumothorax"));
    var writer = new SampleShardWriter(folder, shape, 0, 3 * shape.bytes());

    copy(SampleShardWriter.tensors(golden(), 0), writer);
    copy(SampleShardWriter.tensors(golden(), 1), writer);
    writer.finish();

    assertThat(writer.shards()).isEqualTo(2);
    for (int shard = 0; shard < 2; shard++) {
      assertThat(SampleShardWriter.tensors(folder, shard))
          .hasSameBinaryContentAs(SampleShardWriter.tensors(golden(), shard));
      assertThat(SampleShardWriter.lines(folder, shard))
          .hasSameBinaryContentAs(SampleShardWriter.lines(golden(), shard));
    }
  }

  @Test
  void add_lastOfAShard_writesItAfterThoseThatAreThere() throws IOException {
    var writer = new SampleShardWriter(folder, SHAPE, 4, 2 * SHAPE.bytes());

    boolean first = writer.add(new byte[72], Map.of(), line("a"));
    boolean second = writer.add(new byte[72], Map.of(), line("b"));

    assertThat(first).isFalse();
    assertThat(second).isTrue();
    assertThat(SampleShardWriter.tensors(folder, 4)).exists();
    assertThat(writer.shards()).isEqualTo(5);
  }

  @Test
  void add_unknownStructureAndFindings_areSaidInTheLine() throws IOException {
    var writer = new SampleShardWriter(folder, SHAPE, 0, 1);
    ObjectNode view = JSON.createObjectNode().put("view", "PA");
    byte[] heart = new byte[72];
    heart[9] = 1;

    writer.add(
        new byte[72],
        Map.of("heart", heart),
        new SampleLine("a", 5L, "p", List.of("edema"), List.of("fracture"), view));

    assertThat(SampleShardWriter.lines(folder, 0))
        .hasContent(
            "{\"id\":\"a\",\"seed\":5,\"prompt\":\"p\",\"findings\":[\"edema\"],"
                + "\"absent_findings\":[\"fracture\"],\"known_structures\":[\"heart\"],"
                + "\"attributes\":{\"view\":\"PA\"}}");
    try (SafetensorsFile file = SafetensorsFile.open(SampleShardWriter.tensors(folder, 0))) {
      assertThat(file.tensor("images").shape()).containsExactly(1, 1, 9, 8);
      byte[] masks = file.tensor("masks").data().toArray(ValueLayout.JAVA_BYTE);
      assertThat(Arrays.copyOf(masks, 72)).containsOnly(0);
      assertThat(Arrays.copyOfRange(masks, 72, 144)).isEqualTo(heart);
    }
  }

  @Test
  void add_whatDoesNotFit_isNamedAndLeavesNothing() throws IOException {
    var writer = new SampleShardWriter(folder, SHAPE, 0, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add(new byte[71], Map.of(), line("a")))
        .withMessage("sample a: image: 71 bytes (expected: 72, a byte a pixel of 8 x 9)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add(new byte[72], Map.of("liver", new byte[72]), line("a")))
        .withMessage("sample a: structure liver (expected: one of [lungs, heart])");
    byte[] grey = new byte[72];
    grey[3] = 7;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add(new byte[72], Map.of("heart", grey), line("a")))
        .withMessage("sample a: mask of heart: 7 (expected: 0 or 1)");
    writer.finish();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shape_outOfRange_isNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleShape(7, 8, List.of()))
        .withMessage("width: 7 (expected: 8 to 4096)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleShape(8, 8, List.of("a,b")))
        .withMessageStartingWith("structures: [a,b] (expected: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SampleShape(4096, 4096, List.of("a", "b", "c", "d")))
        .withMessageContaining("bytes a sample");
  }
}
