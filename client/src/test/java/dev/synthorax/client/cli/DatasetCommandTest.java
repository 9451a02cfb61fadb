package dev.synthorax.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.dataset.format.ReadOptions;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.phantom.Phantoms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DatasetCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<Sample> samples = new ArrayList<>();
  private String source = "";
  private String target = "";

  @BeforeEach
  void write() throws IOException, InterruptedException {
    source = folder.resolve("source").toString();
    target = folder.resolve("target").toString();
    for (int i = 0; i < 6; i++) {
      Sample phantom = Phantoms.sample(i, 64);
      ImageInfo.Builder info =
          phantom.info().toBuilder()
              .patientId("p" + i / 2)
              .split(i < 4 ? Split.TRAIN : Split.TEST)
              .label("edema", i == 0 ? Label.UNCERTAIN : Label.NEGATIVE);
      samples.add(new Sample(info.build(), phantom.image(), phantom.masks()));
    }
    write(samples);
  }

  private void write(List<Sample> written) throws IOException, InterruptedException {
    DatasetFormat.FOLDER.write(
        Path.of(source),
        WriteOptions.of(warning -> {}),
        writer -> {
          for (Sample sample : written) {
            writer.add(sample);
          }
        });
  }

  private int run(String... arguments) {
    ErrorLine errors = new ErrorLine();
    return new CommandLine(new DatasetCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setParameterExceptionHandler(errors::badUsage)
        .setExecutionExceptionHandler(errors::failed)
        .execute(arguments);
  }

  private JsonNode json() throws IOException {
    return new JsonMapper().readTree(out.toString());
  }

  @Test
  void inspect_json_countsWhatTheTablesSay() throws IOException {
    int exit = run("inspect", source, "--json");

    assertThat(exit).isZero();
    assertThat(json().path("format").asText()).isEqualTo("folder");
    assertThat(json().path("images").asInt()).isEqualTo(6);
    assertThat(json().path("patients").asInt()).isEqualTo(3);
    assertThat(json().path("splits")).hasToString("{\"train\":4,\"test\":2}");
    assertThat(json().path("labels").path("edema"))
        .hasToString("{\"positive\":0,\"negative\":5,\"uncertain\":1}");
  }

  @Test
  void inspect_words_areALineAFact() {
    assertThat(run("inspect", source)).isZero();

    assertThat(out.toString()).contains("format: folder", "splits: train 4, test 2", "edema ");
  }

  @Test
  void inspect_patientInTwoSplits_failsAndNamesHim() throws IOException {
    Path table = Path.of(source).resolve("images.csv");
    Files.writeString(table, Files.readString(table).replaceFirst(",train,", ",test,"));

    int exit = run("inspect", source);

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("error: patient 'p0' is in test (image 'phantom-0000000000') and in train");
  }

  @Test
  void convert_toWebDataset_losesNothing() throws IOException {
    int exit = run("convert", source, "--to", "webdataset", "--out", target, "--threads", "2");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("6 images from folder to webdataset");
    List<Sample> read = new ArrayList<>();
    for (DatasetImage image :
        DatasetFormat.WEBDATASET.open(Path.of(target), ReadOptions.DEFAULT).images()) {
      read.add(image.load());
    }
    assertThat(read).containsExactlyInAnyOrderElementsOf(samples);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void convert_uncertainLabelToNih_needsAPolicy() throws IOException {
    assertThat(run("convert", source, "--to", "nih", "--out", target)).isEqualTo(1);
    assertThat(err.toString()).contains("error: ", "edema is uncertain", "apply a policy first");
    assertThat(Path.of(target)).isEmptyDirectory();

    assertThat(run("convert", source, "--to", "nih", "--out", target, "--uncertain", "ones"))
        .isZero();
    assertThat(
            DatasetFormat.NIH
                .open(Path.of(target), ReadOptions.DEFAULT)
                .images()
                .getFirst()
                .info()
                .has("edema"))
        .isTrue();
  }

  @Test
  void convert_policyWithoutHardLabels_isBadUsage() {
    int exit =
        run("convert", source, "--to", "nih", "--out", target, "--uncertain", "self-trained");

    assertThat(exit).isEqualTo(2);
    assertThat(err.toString()).contains("(expected: zeros, ones or ignore)");
  }

  @Test
  void read_json_hasRateAndHeapAtFivePoints() throws IOException {
    int exit = run("read", source, "--threads", "2", "--json");

    assertThat(exit).isZero();
    assertThat(json().path("images").asInt()).isEqualTo(6);
    assertThat(json().path("masks").asInt()).isEqualTo(6 * 7);
    assertThat(json().path("images_per_second").asDouble()).isPositive();
    assertThat(json().path("heap_bytes_after_images").properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactly("0", "2", "3", "5", "6");
  }

  @Test
  void read_damagedImage_failsAndNamesFileAndRow() throws IOException {
    Path image = Path.of(source).resolve("images/phantom-0000000003.png");
    Files.write(image, new byte[30]);

    int exit = run("read", source);

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("error: " + image + ": ", "images.csv: line 5");
  }

  @Test
  void run_noCommandNoFolderOrBadThreads_areBadUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("read")).isEqualTo(2);
    assertThat(run("read", source, "--threads", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("dataset: no command (expected: inspect, convert or read)")
        .contains("--threads: 0 (expected: >= 1)");
  }

  @Test
  void inspect_folderWithoutDataset_saysWhatIsLookedFor() throws IOException {
    int exit = run("inspect", Files.createDirectory(folder.resolve("empty")).toString());

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("holds no dataset (expected one of: chexpert with");
  }
}
