package dev.synthorax.client.dataset.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Dataset;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Sex;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.View;
import dev.synthorax.client.image.BinaryMask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a format's writer takes, its reader reads, whatever the sample says; the rest is refused.
 */
class WriterExtremesTest {
  private static final int SAMPLES = 16;
  private static final List<Integer> AGES =
      List.of(-1, 0, 1, 90, 150, 151, 414, 999, 1000, Integer.MAX_VALUE);
  private static final List<String> NAMES =
      List.of(
          "1", "a b", "P1_2", "patient00001", "p10000032", "s1", "1.2.3", "\u00e9", "0", "x,\"y");
  private static final List<String> LABELS =
      List.of("pneumothorax", "pneumonia", "fracture", "edema", "no_finding", "my label;x");
  private static final List<String> TEXTS =
      List.of("", "a\nb", "\"quoted\", with commas", "tab\there", "\u202e\u0000", "x".repeat(5000));

  @TempDir private Path folder;

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static Sample sample(int number) {
    Random random = new Random(number);
    ImageInfo.Builder info =
        ImageInfo.builder("sample " + number)
            .patientId(any(random, NAMES) + number)
            .studyId(any(random, NAMES) + "s" + number)
            .sex(random.nextBoolean() ? any(random, List.of(Sex.values())) : null)
            .ageYears(random.nextInt(4) > 0 ? any(random, AGES) : null)
            .view(random.nextBoolean() ? any(random, List.of(View.values())) : null)
            .split(random.nextBoolean() ? any(random, List.of(Split.values())) : null)
            .text(any(random, TEXTS))
            .seed(random.nextBoolean() ? random.nextLong() : null);
    for (String label : LABELS) {
      if (random.nextBoolean()) {
        info.label(label, any(random, List.of(Label.POSITIVE, Label.NEGATIVE)));
      }
    }
    List<Double> corners = List.of(0.0, -5.0, 1e-9, 0.1, 1e15, 3.25);
    List<Double> sides = List.of(1e-9, 0.1, 1.0, 1e15);
    for (String label : List.of("pneumonia", "mass", "my label;x")) {
      if (random.nextBoolean()) {
        info.box(
            new Box(
                label,
                any(random, corners),
                any(random, corners),
                any(random, sides),
                any(random, sides)));
      }
    }
    info.attribute("original_width", any(random, List.<Object>of(0, -1, 2500, "wide")));
    info.attribute("original_pixel_spacing_x_mm", any(random, List.<Object>of(0.1, "?", -1.0)));
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    for (Structure structure : Structure.values()) {
      byte[] cells = new byte[64];
      Arrays.fill(cells, 0, random.nextInt(64), (byte) 1);
      masks.put(structure, BinaryMask.of(8, 8, cells));
    }
    return new Sample(info.build(), Fixture.picture(number, 8, 8), masks);
  }

  @ParameterizedTest
  @EnumSource
  void write_anySample_isReadBackOrRefused(DatasetFormat format)
      throws IOException, InterruptedException {
    int read = 0;
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      Path target = folder.resolve(format.wireName() + i);
      Sample sample = sample(i);
      try {
        Fixture.write(format, target, WriteOptions.of(warning -> {}), List.of(sample));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("sample '");
        continue;
      }
      try {
        Dataset dataset = format.open(target, ReadOptions.DEFAULT);
        assertThat(dataset.images()).hasSize(1);
        for (DatasetImage image : dataset.images()) {
          ImageInfo back = image.load().info();
          Integer age = back.ageYears();
          assertThat(age == null || age.equals(sample.info().ageYears())).isTrue();
        }
        read++;
      } catch (IOException | RuntimeException | AssertionError e) {
        wrong.add(i + ": " + e + " of " + sample.info());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(read).isGreaterThan(0);
  }
}
