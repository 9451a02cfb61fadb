package dev.synthorax.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.nn.diffusers.DiffusersFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written once is used again, and is made anew when it is not what was written. */
class GraphCacheIT {
  private static final int SIDE = 16;

  @TempDir private Path folder;
  private Path pipeline;
  private Path cache;

  @BeforeEach
  void writePipeline() throws IOException {
    pipeline = folder.resolve("pipeline");
    cache = folder.resolve("cache");
    RandomPipeline.write(pipeline, RandomPipeline.Size.TINY, 1);
  }

  @Test
  void export_again_usesWhatIsThere() throws IOException {
    ExportedPipeline first = export();
    FileTime past = FileTime.from(Instant.EPOCH);
    for (Path file : files(cache)) {
      Files.setLastModifiedTime(file, past);
    }

    ExportedPipeline second = export();

    assertThat(second).isEqualTo(first);
    assertThat(files(cache))
        .allSatisfy(file -> assertThat(Files.getLastModifiedTime(file)).isEqualTo(past));
  }

  @Test
  void export_afterAnInterruptedOne_completesIt() throws IOException {
    ExportedPipeline first = export();
    byte[] graph = Files.readAllBytes(first.unet());
    Files.delete(first.unet());

    ExportedPipeline second = export();

    assertThat(second).isEqualTo(first);
    assertThat(second.unet()).hasBinaryContent(graph);
  }

  @ParameterizedTest
  @CsvSource({
    "unet.fp32, zeros",
    "unet.fp32, truncated",
    "unet.fp32, longer",
    "unet-16x16.onnx, zeros",
    "unet-16x16.onnx, truncated",
    "unet-16x16.onnx, empty",
    "unet-16x16.onnx, folder",
    "unet-16x16.onnx, device",
    "vae_decoder.fp32, gone",
    "unet.fp32.sha256, gone",
    "unet.fp32.sha256, zeros",
    "unet-16x16.onnx.sha256, device"
  })
  void export_cacheWasChangedSince_isMadeAnew(String name, String damage) throws IOException {
    ExportedPipeline first = export();
    Path file = first.unet().resolveSibling(name);
    byte[] whole = Files.readAllBytes(file);
    damage(file, whole, damage);

    ExportedPipeline second = export();

    assertThat(second).isEqualTo(first);
    assertThat(file).isRegularFile().hasBinaryContent(whole);
    assertThat(files(cache)).noneMatch(each -> each.toString().endsWith(".partial"));
  }

  private static void damage(Path file, byte[] whole, String damage) throws IOException {
    byte[] zeros = whole.clone();
    Arrays.fill(zeros, zeros.length / 2, zeros.length, (byte) 0);
    switch (damage) {
      case "zeros" -> Files.write(file, zeros);
      case "truncated" -> Files.write(file, Arrays.copyOf(whole, whole.length - 1));
      case "longer" -> Files.write(file, Arrays.copyOf(whole, whole.length + 1));
      case "empty" -> Files.write(file, new byte[0]);
      default -> {
        Files.delete(file);
        if (damage.equals("folder")) {
          Files.writeString(Files.createDirectory(file).resolve("inside"), "");
        } else if (damage.equals("device")) {
          Files.createSymbolicLink(file, Path.of("/dev/zero"));
        }
      }
    }
  }

  private ExportedPipeline export() {
    return DiffusersExport.export(DiffusersFolder.of(pipeline), SIDE, SIDE, cache);
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
