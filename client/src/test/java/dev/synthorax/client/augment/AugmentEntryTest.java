package dev.synthorax.client.augment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.synthorax.client.augment.AugmentEntry.Parent;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.generation.ManifestEntry;
import dev.synthorax.client.generation.Mode;
import dev.synthorax.client.transform.MaskTransform;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class AugmentEntryTest {
  @Test
  void toJson_generatedAndSource_isTheGoldenManifest() throws IOException {
    String manifest = generated().toJson() + "\n" + source().toJson() + "\n";

    assertThat(manifest).isEqualTo(golden());
  }

  @Test
  void decode_encoded_isTheSameImage() throws IOException {
    Map<Structure, ByteString> masks = new EnumMap<>(Structure.class);
    masks.put(Structure.LUNGS, ByteString.copyFromUtf8("lung mask"));
    StoredImage image =
        new StoredImage(generated(), "hash", ByteString.copyFromUtf8("pixels\nof it"), masks);

    StoredImage.Stamped found =
        Objects.requireNonNull(StoredImage.decode(image.encode("job 1.0"), "moved-000003"));
    StoredImage again = found.image();

    assertThat(found.stamp()).isEqualTo("job 1.0");
    assertThat(again.pixels()).isEqualTo("hash");
    assertThat(again.image()).isEqualTo(image.image());
    assertThat(again.masks()).isEqualTo(masks);
    assertThat(again.entry().toJson()).isEqualTo(image.entry().toJson());
  }

  @Test
  void decode_damagedOrForeign_isNothing() throws IOException {
    Map<Structure, ByteString> masks = new EnumMap<>(Structure.class);
    masks.put(Structure.LUNGS, ByteString.copyFromUtf8("lung mask"));
    byte[] file =
        new StoredImage(generated(), "hash", ByteString.copyFromUtf8("pixels"), masks)
            .encode("job");

    for (int length = 0; length < file.length; length++) {
      assertThat(StoredImage.decode(java.util.Arrays.copyOf(file, length), "moved-000003"))
          .isNull();
    }
    byte[] flipped = file.clone();
    flipped[file.length - 20] ^= 1;
    assertThat(StoredImage.decode(flipped, "moved-000003")).isNull();
    assertThat(StoredImage.decode(file, "moved-000004")).isNull();
    assertThat(StoredImage.decode(file, "moved-000003")).isNotNull();
  }

  private static AugmentEntry generated() {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("edema", "positive");
    labels.put("fracture", "negative");
    return new AugmentEntry(
        "moved-000003",
        "moved",
        "transformed-mask-and-text",
        Mode.TM2I,
        new Parent("phantom-7", "p7", "train"),
        labels,
        "pulmonary edema",
        "text",
        List.of(
            new ManifestEntry.Mask("lungs", "moved/masks/moved-000003-lungs.png", "ab".repeat(32))),
        MaskTransform.IDENTITY.parameters(),
        List.of(new Rejected(BigInteger.TWO, "lungs area ratio: 2.100 (expected: 0.5 to 2.0)")),
        new BigInteger("18446744073709551615"),
        new ManifestEntry.Settings(20, 4.5f, "dpm++", 128, 128),
        "fake-cxr",
        "0123456789abcdef",
        "moved/images/moved-000003.png",
        "cd".repeat(32),
        "23".repeat(16),
        List.of(new Rejected(BigInteger.ONE, "contrast: 0.00 (expected: 4.0 to 128.0)")));
  }

  private static AugmentEntry source() {
    return new AugmentEntry(
        "phantom-7",
        "moved",
        AugmentEntry.SOURCE,
        null,
        null,
        Map.of("edema", "uncertain"),
        null,
        null,
        List.of(new ManifestEntry.Mask("heart", null, "ef".repeat(32))),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        "01".repeat(32),
        null,
        null);
  }

  private static String golden() throws IOException {
    try (InputStream file =
        AugmentEntryTest.class.getResourceAsStream("/golden/manifest/augment.jsonl")) {
      return new String(file.readAllBytes(), UTF_8);
    }
  }
}
