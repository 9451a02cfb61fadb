package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.Png;
import dev.synthorax.client.image.PngNotes;
import dev.synthorax.client.phantom.Phantoms;
import dev.synthorax.client.transform.MaskTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the datasets of every kind of arm hold, and say of themselves. */
final class AugmentDatasetTest extends AugmentCase {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void augment_everyKind_leavesPngsThatSayWhatMadeThem() throws Exception {
    augment(temp, serve(fake));

    for (JsonNode line : manifest(temp)) {
      String kind = line.path("kind").asText();
      Map<String, String> texts = texts(temp, line);
      if (kind.equals("source")) { // as real ones are
        assertThat(texts).isEmpty();
        continue;
      }
      JsonNode comment = JSON.readTree(texts.get(PngNotes.COMMENT));
      assertThat(comment.path("seed")).isEqualTo(line.path("seed"));
      assertThat(texts.get(PngNotes.DISCLAIMER)).startsWith("Synthetic: ");
      if (kind.equals("classical")) {
        assertThat(texts)
            .containsEntry(PngNotes.SOURCE, "image " + line.path("parent").path("id").asText());
        assertThat(comment.path("transform")).isNotEmpty().isEqualTo(line.path("transform"));
      } else {
        assertThat(texts)
            .containsEntry(
                PngNotes.SOURCE,
                "model " + line.path("model").asText() + " " + line.path("modelVersion").asText());
        assertThat(texts.getOrDefault(PngNotes.DESCRIPTION, ""))
            .isEqualTo(line.path("prompt").asText(""));
        assertThat(comment.path("settings")).isNotEmpty().isEqualTo(line.path("settings"));
        assertThat(comment.path("structures")).hasSameSizeAs(line.path("structures"));
      }
    }
  }

  private static Map<String, String> texts(Path folder, JsonNode line) throws IOException {
    Path image = folder.resolve("dataset").resolve(line.path("image").asText());
    return Png.text(Files.readAllBytes(image)).texts();
  }

  @Test
  void augment_sourceThatIsSynthetic_keepsWhatItSaysOfItself() throws Exception {
    Sample phantom = Phantoms.sample(5, 64);
    DatasetFormat.FOLDER.write(
        temp.resolve("phantoms"), WriteOptions.of(_ -> {}), writer -> writer.add(phantom));
    Path plan = temp.resolve("phantoms.yaml");
    Files.writeString(
        plan,
        """
        seed: 1
        source: {folder: phantoms}
        arms: [{name: a, kind: classical, count: 1, include-source: true}]
        """);
    Path to = temp.resolve("out");

    int exit = run("augment", plan.toString(), "--out", to.toString());

    assertThat(exit).describedAs(err.toString()).isZero();
    JsonNode copy =
        manifest(to).stream()
            .filter(line -> line.path("kind").asText().equals("source"))
            .findFirst()
            .orElseThrow();
    assertThat(texts(to, copy)).isNotEmpty().isEqualTo(phantom.text().texts());
    assertThat(copy.path("imageSha256").asText())
        .isEqualTo(sha256(to.resolve("dataset").resolve(copy.path("image").asText())));
  }

  @Test
  void augment_everyKind_leavesDatasetsThatSayWhatTheManifestSays() throws Exception {
    int exit = augment(temp, serve(fake));

    assertThat(err.toString()).doesNotContain("error");
    assertThat(exit).isZero();
    Map<String, Integer> counts = new HashMap<>();
    for (JsonNode line : manifest(temp)) {
      counts.merge(line.path("arm").asText(), 1, Integer::sum);
      Path image = temp.resolve("dataset").resolve(line.path("image").asText());
      assertThat(sha256(image)).isEqualTo(line.path("imageSha256").asText());
      for (JsonNode mask : line.path("structures")) {
        assertThat(sha256(temp.resolve("dataset").resolve(mask.path("mask").asText())))
            .isEqualTo(mask.path("sha256").asText());
      }
    }
    assertThat(counts)
        .containsOnly(
            Map.entry("single", 8),
            Map.entry("multi", 8),
            Map.entry("mask", 4),
            Map.entry("moved", 8),
            Map.entry("both", 16), // 12 of the source
            Map.entry("moved-both", 4),
            Map.entry("classical", 4));
    Dataset moved = read(temp, "moved");
    assertThat(moved.images()).hasSize(8);
    for (DatasetImage image : moved.images()) {
      assertThat(image.info().split()).isEqualTo(Split.TRAIN);
      assertThat(image.load().masks())
          .containsOnlyKeys(Structure.LUNGS, Structure.HEART, Structure.PNEUMOTHORAX);
    }
    assertThat(read(temp, "single").images().getFirst().info().positives())
        .containsExactly("edema");
    assertThat(read(temp, "single").images().getFirst().info().text()).isEqualTo("pulmonary edema");
  }

  @Test
  void augment_everyKind_makesNothingFromImagesKeptForReporting() throws Exception {
    int exit = augment(temp, serve(fake));
    Set<String> training = new HashSet<>();
    DatasetFormat.FOLDER.open(shared.resolve("source"), ReadOptions.DEFAULT).images().stream()
        .filter(image -> image.info().split() == Split.TRAIN)
        .forEach(image -> training.add(image.info().id()));

    List<JsonNode> children = manifest(temp).stream().filter(line -> line.has("parent")).toList();

    assertThat(exit).isZero();
    assertThat(children).hasSizeGreaterThan(20);
    assertThat(children)
        .allMatch(line -> training.contains(line.path("parent").path("id").asText()));
    assertThat(children)
        .allMatch(line -> line.path("parent").path("split").asText().equals("train"));
    for (String arm : List.of("both", "classical", "moved")) {
      assertThat(read(temp, arm).images()).allMatch(image -> image.info().split() == Split.TRAIN);
    }
  }

  @Test
  void augment_transformedMask_canBeMadeAgainFromItsLine() throws Exception {
    int exit = augment(temp, serve(fake));
    Map<String, DatasetImage> source = new HashMap<>();
    DatasetFormat.FOLDER
        .open(shared.resolve("source"), ReadOptions.DEFAULT)
        .images()
        .forEach(image -> source.put(image.info().id(), image));
    Dataset moved = read(temp, "moved");

    assertThat(exit).isZero();
    for (DatasetImage image : moved.images()) {
      JsonNode line =
          manifest(temp).stream()
              .filter(one -> one.path("id").asText().equals(image.info().id()))
              .findFirst()
              .orElseThrow();
      Map<String, Object> parameters =
          JSON.convertValue(line.path("transform"), new TypeReference<Map<String, Object>>() {});
      Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
      Objects.requireNonNull(source.get(line.path("parent").path("id").asText()))
          .load()
          .masks()
          .forEach((structure, mask) -> masks.put(structure, mask.resize(128, 128)));

      assertThat(MaskTransform.ofParameters(parameters).apply(masks))
          .containsAllEntriesOf(image.load().masks());
    }
  }

  @Test
  void augment_mirroredMasksWithText_exchangeLeftAndRightInThePrompt() throws Exception {
    Files.writeString(
        shared.resolve("plan.yaml"),
        """
        seed: 7
        source: {folder: source}
        transforms: {flip-chance: 1, flip-hearts: true}
        arms:
          - {name: a, kind: transformed-mask-and-text, count: 12, structures: [lungs],
             prompt-from: text}
        """);
    Map<String, String> texts = new HashMap<>();
    DatasetFormat.FOLDER
        .open(shared.resolve("source"), ReadOptions.DEFAULT)
        .images()
        .forEach(image -> texts.put(image.info().id(), image.info().text()));

    int exit = augment(temp, serve(fake));

    assertThat(exit).isZero();
    int sided = 0;
    for (JsonNode line : manifest(temp)) {
      String prompt = line.path("prompt").asText();
      String text = texts.get(line.path("parent").path("id").asText());
      assertThat(line.path("transform").path("flip").asBoolean()).isTrue();
      assertThat(prompt.contains("left ")).isEqualTo(text != null && text.contains("right "));
      sided += prompt.contains("left ") || prompt.contains("right ") ? 1 : 0;
    }
    assertThat(sided).isPositive();
    assertThat(read(temp, "a").images().getFirst().info().text())
        .isEqualTo(manifest(temp).getFirst().path("prompt").asText());
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  private static Dataset read(Path folder, String arm) throws IOException {
    return DatasetFormat.FOLDER.open(folder.resolve("dataset").resolve(arm), ReadOptions.DEFAULT);
  }

  private static List<JsonNode> manifest(Path folder) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("dataset/manifest.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
