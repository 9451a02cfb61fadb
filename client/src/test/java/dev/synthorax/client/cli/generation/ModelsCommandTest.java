package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.proto.v1.DiffusionModel;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelsCommandTest {
  private static String describe(DiffusionModel.Builder diffusion, boolean json)
      throws IOException {
    var text = new StringWriter();
    ModelsCommand.describe(
        Model.newBuilder().setName("taught").setDiffusion(diffusion).build(),
        json,
        new PrintWriter(text, true));
    return text.toString();
  }

  private static DiffusionModel.Builder taught() {
    return DiffusionModel.newBuilder()
        .addAllFindings(List.of("no_finding", "edema"))
        .addAllWords(List.of("mild", "edema", "x-ray"));
  }

  @Test
  void describe_findingsAndWords_listsFindingsAndCountsWords() throws IOException {
    assertThat(describe(taught(), false).lines())
        .anySatisfy(line -> assertThat(line).matches("findings +no_finding, edema"))
        .anySatisfy(line -> assertThat(line).matches("words +3 \\(--json lists them\\)"));
  }

  @Test
  void describe_json_listsTheWords() throws IOException {
    var json = new JsonMapper().readTree(describe(taught(), true));

    assertThat(json.path("findings")).hasSize(2);
    assertThat(json.path("words").path(2).asText()).isEqualTo("x-ray");
  }

  @Test
  void describe_manyFindings_areWrappedInTheirColumn() throws IOException {
    List<String> findings = List.of("a".repeat(30), "b".repeat(24), "c".repeat(56), "d");

    List<String> lines =
        describe(taught().clearFindings().addAllFindings(findings), false).lines().toList();

    assertThat(lines)
        .containsSubsequence(
            "findings               " + "a".repeat(30) + ", " + "b".repeat(24) + ",",
            " ".repeat(23) + "c".repeat(56) + ",",
            " ".repeat(23) + "d");
  }

  @Test
  void describe_modelThatStatesNeither_hasNoLineOfThem() throws IOException {
    assertThat(describe(DiffusionModel.newBuilder(), false))
        .doesNotContain("findings")
        .doesNotContain("words");
  }

  @Test
  void describe_plainModel_showsItsTensorsAndLabels() throws IOException {
    var model = Model.newBuilder().setName("reader").setVersion("3");
    model.getPlainBuilder().setMaxBatchSize(4).setBackend("onnxruntime-cpu 1 (CPU)");
    model
        .getPlainBuilder()
        .addInputsBuilder()
        .setName("x")
        .setDataType("FP32")
        .addAllShape(List.of(-1L, 1L));
    model
        .getPlainBuilder()
        .addOutputsBuilder()
        .setName("y")
        .setDataType("INT64")
        .addShape(-1)
        .addAllLabels(List.of("heart", "lung"));
    var text = new StringWriter();

    ModelsCommand.describe(model.build(), false, new PrintWriter(text, true));

    assertThat(text.toString().lines())
        .anySatisfy(line -> assertThat(line).matches("inputs +x FP32 \\[-1, 1\\]"))
        .anySatisfy(line -> assertThat(line).matches("outputs +y INT64 \\[-1\\]"))
        .anySatisfy(line -> assertThat(line).matches("labels of y +heart, lung"))
        .anySatisfy(line -> assertThat(line).matches("max batch size +4"));
  }
}
