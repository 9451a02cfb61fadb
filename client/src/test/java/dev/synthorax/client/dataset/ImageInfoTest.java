package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageInfoTest {
  private static ImageInfo info() {
    return ImageInfo.builder("i1")
        .patientId("p1")
        .studyId("s1")
        .sex(Sex.FEMALE)
        .ageYears(61)
        .view(View.AP)
        .split(Split.TRAIN)
        .label("edema", Label.POSITIVE)
        .label("fracture", Label.NEGATIVE)
        .label("pneumonia", Label.UNCERTAIN)
        .label("cardiomegaly", Label.POSITIVE)
        .box(new Box("pneumonia", 1, 2, 3, 4))
        .text("edema")
        .seed(7L)
        .attribute("ctr", 0.6)
        .build();
  }

  @Test
  void toBuilder_nothingChanged_givesAnEqualRecord() {
    assertThat(info().toBuilder().build()).isEqualTo(info());
  }

  @Test
  void labels_threeValuesAndNone_areToldApart() {
    ImageInfo info = info();

    assertThat(info.positives()).containsExactly("edema", "cardiomegaly");
    assertThat(info.label("pneumonia")).isEqualTo(Label.UNCERTAIN);
    assertThat(info.label("atelectasis")).isNull();
    assertThat(info.has("fracture")).isFalse();
  }

  @Test
  void positives_noFinding_isNotAFinding() {
    ImageInfo normal = ImageInfo.builder("n").label(ImageInfo.NO_FINDING, Label.POSITIVE).build();

    assertThat(normal.positives()).isEmpty();
  }

  @Test
  void builder_blankPatient_isRefused() {
    assertThatThrownBy(() -> ImageInfo.builder("i").patientId(" ").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("patient ' '");
  }

  @Test
  void box_withoutSize_isRefused() {
    assertThatThrownBy(() -> new Box("pneumonia", 0, 0, 0, 5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Box("pneumonia", Double.NaN, 0, 1, 5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sample_masks_mustFitAndMayBeMissing() {
    GrayImage image = GrayImage.of(2, 2, new byte[4]);
    Map<Structure, BinaryMask> tall = Map.of(Structure.HEART, BinaryMask.of(2, 3, new byte[6]));
    Sample bare = new Sample(info(), image, Map.of());

    assertThatThrownBy(() -> new Sample(info(), image, tall)).hasMessageContaining("heart");
    assertThatThrownBy(() -> bare.mask(Structure.HEART))
        .hasMessageStartingWith("sample i1: no mask of heart");
  }

  @Test
  void names_ofFiles_areUnderstood() {
    assertThat(Split.ofWireName("validate")).isEqualTo(Split.VALIDATION);
    assertThat(Sex.ofName("F")).isEqualTo(Sex.FEMALE);
    assertThat(Sex.ofName("Unknown")).isNull();
    assertThat(View.ofName("ll")).isEqualTo(View.LL);
    assertThat(View.ofName("swimmers")).isEqualTo(View.OTHER);
    assertThatThrownBy(() -> Split.ofWireName("dev")).hasMessageContaining("'dev'");
  }
}
