package dev.synthorax.client.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Split;
import dev.synthorax.client.image.GrayImage;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageAugmentationTest {
  @Test
  void apply_nothingChanged_isTheSampleItself() {
    Sample sample = Thoraces.phantom(5);

    Sample same = new ImageAugmentation(Affine.IDENTITY, 0, 1, 1, 0, 0, 3).apply(sample);

    assertThat(same).isEqualTo(sample);
  }

  @ParameterizedTest(name = "-Dtests.seed={0}")
  @ValueSource(longs = {1, 2, 3, -4})
  void ofParameters_throughJson_makesTheSameSampleAgain(long seed) throws IOException {
    JsonMapper json = new JsonMapper();
    Sample sample = Thoraces.phantom(5);
    ImageAugmentation drawn = ImageAugmentation.draw(ImageAugmentationRanges.DEFAULT, seed);

    ImageAugmentation again =
        ImageAugmentation.ofParameters(
            json.readValue(
                json.writeValueAsString(drawn.parameters()),
                new TypeReference<Map<String, Object>>() {}));

    assertThat(again.apply(sample)).isEqualTo(drawn.apply(sample));
    assertThat(drawn.apply(sample).image()).isNotEqualTo(sample.image());
  }

  @Test
  void apply_brightnessContrastGamma_areTheFormula() {
    Sample sample = flat(102); // 0.4

    Sample developed = new ImageAugmentation(Affine.IDENTITY, 0.1, 1.5, 2, 0, 0, 3).apply(sample);

    assertThat(developed.image().at(3, 3)).isEqualTo(23); // ((0.4^2 - 0.5) 1.5 + 0.6) 255 = 22.95
  }

  @Test
  void apply_noise_hasTheDeviationAskedFor() {
    Sample noisy = new ImageAugmentation(Affine.IDENTITY, 0, 1, 1, 0.02, 0, 3).apply(flat(128));
    double sum = 0;
    double squares = 0;
    for (byte pixel : noisy.image().toBytes()) {
      sum += pixel & 0xFF;
      squares += (pixel & 0xFF) * (pixel & 0xFF);
    }
    double count = 64 * 64;

    double deviation = Math.sqrt(squares / count - sum * sum / count / count);

    assertThat(deviation).isBetween(4.9, 5.4); // 0.02 of 255, and rounding
  }

  @Test
  void apply_flip_mirrorsPixelsBoxesAndWords() {
    ImageInfo info =
        ImageInfo.builder("a")
            .split(Split.TRAIN)
            .text("large Right pleural effusion, lingular consolidation")
            .attribute("pleural_effusion_side", "right")
            .attribute("marker", "right")
            .box(new Box("pneumonia", 10, 20, 8, 6))
            .build();
    byte[] pixels = new byte[64 * 32];
    pixels[5 * 64 + 2] = (byte) 200;
    Sample sample = new Sample(info, GrayImage.of(64, 32, pixels), Map.of());

    Sample mirror =
        new ImageAugmentation(new Affine(true, 0, 1, 0, 0, 0), 0, 1, 1, 0, 0, 0).apply(sample);

    assertThat(mirror.image().at(61, 5)).isEqualTo(200);
    assertThat(mirror.info().boxes()).containsExactly(new Box("pneumonia", 46, 20, 8, 6));
    assertThat(mirror.info().text())
        .isEqualTo("large left pleural effusion, right middle lobe consolidation");
    assertThat(mirror.info().attributes())
        .containsEntry("pleural_effusion_side", "left")
        .containsEntry("marker", "right");
  }

  @Test
  void apply_boxBeyondTheFrame_isCutOrDropped() {
    ImageInfo info =
        ImageInfo.builder("a")
            .split(Split.TRAIN)
            .box(new Box("pneumonia", 50, 10, 10, 10))
            .box(new Box("pneumonia", 40, 10, 10, 10))
            .build();
    Sample sample = new Sample(info, GrayImage.of(64, 32, new byte[64 * 32]), Map.of());

    Sample moved =
        new ImageAugmentation(new Affine(false, 0, 1, 0.25, 0, 0), 0, 1, 1, 0, 0, 0).apply(sample);

    assertThat(moved.info().boxes()).containsExactly(new Box("pneumonia", 56, 10, 8, 10));
  }

  @Test
  void apply_testImage_isRefused() {
    Sample sample = flat(1);
    Sample kept =
        new Sample(sample.info().toBuilder().split(Split.TEST).build(), sample.image(), Map.of());

    assertThatThrownBy(() -> ImageAugmentation.draw(ImageAugmentationRanges.DEFAULT, 1).apply(kept))
        .hasMessageStartingWith("image flat: split test (expected: train");
  }

  private static Sample flat(int grey) {
    byte[] pixels = new byte[64 * 64];
    java.util.Arrays.fill(pixels, (byte) grey);
    return new Sample(Thoraces.train("flat"), GrayImage.of(64, 64, pixels), Map.of());
  }
}
