package dev.synthorax.server.reading;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationServiceGrpc;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import dev.synthorax.proto.v1.ClassifyRequest;
import dev.synthorax.proto.v1.ClassifyResponse;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.proto.v1.RawImage;
import dev.synthorax.proto.v1.Segmentation;
import dev.synthorax.proto.v1.SegmentationSpec;
import dev.synthorax.proto.v1.SegmentedStructure;
import dev.synthorax.server.png.PngEncoder;
import dev.synthorax.server.png.PngHeader;
import dev.synthorax.server.png.PngText;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of an image, and which requests are refused. */
@Timeout(60)
final class SegmentationTest {
  @TempDir private Path folder;
  private ReadingFixture server;

  @BeforeEach
  void start() throws IOException {
    server = ReadingFixture.open(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Samples of a PNG, row by row, with its header checked. */
  private static int[] samples(ByteString png, int width, int height, int bits) {
    PngHeader header = PngHeader.read(png.asReadOnlyByteBuffer());
    assertThat(header).isEqualTo(new PngHeader(width, height, bits, 0));
    Raster raster = header.decode(png.toByteArray()).getRaster();
    return raster.getSamples(0, 0, width, height, 0, (int[]) null);
  }

  @Test
  void segment_imageOfTheModelsSize_hasTheModelsPixels() {
    int[] levels = new int[16];
    Arrays.fill(levels, 0, 6, 255);
    levels[6] = 128;

    Segmentation answer =
        server.segment(SegmentationSpec.newBuilder().setImage(ReadingFixture.raw(4, 4, levels)));

    assertThat(answer.getModel()).isEqualTo("fake");
    assertThat(answer.getModelVersion()).isEqualTo("3");
    assertThat(answer.getThreshold()).isEqualTo(0.5);
    SegmentedStructure bright = answer.getStructures(0);
    assertThat(bright.getStructure()).isEqualTo("bright");
    assertThat(bright.getArea()).isEqualTo(7);
    assertThat(bright.getProbabilitiesPng().isEmpty()).isTrue();
    assertThat(samples(bright.getPng(), 4, 4, 1))
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(answer.getStructures(1).getStructure()).isEqualTo("dark");
    assertThat(answer.getStructures(1).getArea()).isEqualTo(9);
  }

  @Test
  void segment_wideImage_isReadWithBlackAroundItAndAnsweredInItsOwnSize() {
    Segmentation answer =
        server.segment(
            SegmentationSpec.newBuilder()
                .setImage(ReadingFixture.plain(40, 20, 255))
                .addStructures("bright")
                .setProbabilities(true));

    assertThat(answer.getWidth()).isEqualTo(40);
    assertThat(answer.getHeight()).isEqualTo(20);
    assertThat(answer.getStructuresList()).hasSize(1);
    SegmentedStructure bright = answer.getStructures(0);
    int[] probabilities = samples(bright.getProbabilitiesPng(), 40, 20, 8);
    // two rows of the network's four are the image's; near the black they fade
    assertThat(probabilities[10 * 40 + 20]).isEqualTo(255);
    assertThat(probabilities[20]).isBetween(100, 200);
    assertThat(bright.getArea()).isEqualTo(40 * 20);
  }

  @ParameterizedTest
  @EnumSource(
      value = Priority.class,
      names = {"PRIORITY_UNSPECIFIED", "PRIORITY_LOW", "PRIORITY_NORMAL", "PRIORITY_HIGH"})
  void segment_priority_isALevelOfTheModel(Priority priority) throws InterruptedException {
    server.readers.hold();
    var heard = new HeardAnswers<ClassifyRequest, ClassifyResponse>(ClassifyResponse.class);
    ClassificationServiceGrpc.newStub(server.channel)
        .classify(
            ClassifyRequest.newBuilder()
                .setSpec(
                    ClassificationSpec.newBuilder()
                        .setImage(ReadingFixture.plain(4, 4, 0))
                        .setPriority(priority)
                        .setRequestId("mine"))
                .build(),
            heard);

    var request = server.readers.next().request;

    long level =
        switch (priority) {
          case PRIORITY_HIGH -> 1;
          case PRIORITY_LOW -> 3;
          default -> 0;
        };
    assertThat(request.priority()).isEqualTo(level);
    assertThat(request.id()).isEqualTo("mine");
    assertThat(request.outputs()).containsExactly("logits");
    heard.cancel();
  }

  @Test
  void classify_imageOf16Bits_givesEveryFindingItsProbability() {
    byte[] samples = new byte[2 * 9];
    Arrays.fill(samples, (byte) 0xFF);
    byte[] png = PngEncoder.encode(samples, 3, 3, 16, PngText.NONE);

    Classification answer =
        server
            .classification()
            .classify(
                ClassifyRequest.newBuilder()
                    .setSpec(
                        ClassificationSpec.newBuilder()
                            .setImage(Radiograph.newBuilder().setPng(ByteString.copyFrom(png)))
                            .setThreshold(0.9))
                    .build())
            .getClassification();

    double high = 1 / (1 + Math.exp(-10));
    assertThat(answer.getThreshold()).isEqualTo(0.9);
    assertThat(answer.getFindingsList())
        .containsExactly(
            ClassifiedFinding.newBuilder()
                .setFinding("white")
                .setProbability(high)
                .setPresent(true)
                .build(),
            ClassifiedFinding.newBuilder()
                .setFinding("black")
                .setProbability(1 / (1 + Math.exp(10)))
                .build());
  }

  @Test
  void segment_imageOf12Bits_isWhiteAtItsOwnWhite() {
    byte[] samples = new byte[32];
    for (int i = 0; i < 16; i++) {
      samples[2 * i] = (byte) 0xFF;
      samples[2 * i + 1] = 0x0F; // little-endian
    }
    var image =
        RawImage.newBuilder()
            .setWidth(4)
            .setHeight(4)
            .setBits(12)
            .setData(ByteString.copyFrom(samples));

    Segmentation answer =
        server.segment(
            SegmentationSpec.newBuilder()
                .setImage(Radiograph.newBuilder().setRaw(image))
                .setThreshold(0.9999));

    assertThat(answer.getStructures(0).getArea()).isEqualTo(16);
  }

  static Stream<Arguments> refused() {
    var good = SegmentationSpec.newBuilder().setImage(ReadingFixture.plain(4, 4, 0)).build();
    byte[] colours = PngEncoder.encode(new byte[16], 4, 4, 8, PngText.NONE).clone();
    colours[25] = 2; // IHDR's colour type
    byte[] huge = PngEncoder.encode(new byte[16], 4, 4, 8, PngText.NONE).clone();
    huge[18] = 0x7F; // a width of more than 32,000
    byte[] cut = Arrays.copyOf(PngEncoder.encode(new byte[16], 4, 4, 8, PngText.NONE), 40);
    return Stream.of(
        Arguments.of("spec.image", good.toBuilder().clearImage()),
        Arguments.of("spec.image.png", good.toBuilder().setImage(png(colours))),
        Arguments.of("spec.image.png", good.toBuilder().setImage(png(huge))),
        Arguments.of("spec.image.png", good.toBuilder().setImage(png(cut))),
        Arguments.of("spec.image.png", good.toBuilder().setImage(png(new byte[5]))),
        Arguments.of("spec.image.raw.width", raw(good, 0, 4, 8, 0)),
        Arguments.of("spec.image.raw.height", raw(good, 4, 5000, 8, 20000)),
        Arguments.of("spec.image.raw.bits", raw(good, 4, 4, 7, 16)),
        Arguments.of("spec.image.raw.bits", raw(good, 4, 4, 17, 32)),
        Arguments.of("spec.image.raw.data", raw(good, 4, 4, 8, 15)),
        Arguments.of("spec.image.raw.data", raw(good, 4, 4, 12, 16)),
        Arguments.of("spec.image.raw.data", raw(good, 4, 4, 9, 32)),
        Arguments.of("spec.threshold", good.toBuilder().setThreshold(0)),
        Arguments.of("spec.threshold", good.toBuilder().setThreshold(Double.NaN)),
        Arguments.of("spec.structures[0]", good.toBuilder().addStructures("lungs")),
        Arguments.of(
            "spec.structures[1]", good.toBuilder().addAllStructures(List.of("dark", "dark"))),
        Arguments.of("spec.priority", good.toBuilder().setPriorityValue(77)),
        Arguments.of("spec.model", good.toBuilder().setModel("m".repeat(129))),
        Arguments.of("spec.request_id", good.toBuilder().setRequestId("m".repeat(129))));
  }

  private static Radiograph png(byte[] bytes) {
    return Radiograph.newBuilder().setPng(ByteString.copyFrom(bytes)).build();
  }

  /** Samples of all bits set. */
  private static SegmentationSpec.Builder raw(
      SegmentationSpec good, int width, int height, int bits, int bytes) {
    byte[] data = new byte[bytes];
    Arrays.fill(data, (byte) 0xFF);
    return good.toBuilder()
        .setImage(
            Radiograph.newBuilder()
                .setRaw(
                    RawImage.newBuilder()
                        .setWidth(width)
                        .setHeight(height)
                        .setBits(bits)
                        .setData(ByteString.copyFrom(data))));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void segment_aFieldThatDoesNotFit_isRefusedByItsPath(String field, SegmentationSpec.Builder spec)
      throws InvalidProtocolBufferException {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, () -> server.segment(spec));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    var details = requireNonNull(StatusProto.fromThrowable(refusal));
    assertThat(details.getDetails(1).unpack(BadRequest.class).getFieldViolations(0).getField())
        .isEqualTo(field);
    server.awaitNothingLeft();
  }

  @Test
  void segment_unknownModel_isNotFound() {
    var spec =
        SegmentationSpec.newBuilder().setModel("nobody").setImage(ReadingFixture.plain(4, 4, 0));

    var refusal = catchThrowableOfType(StatusRuntimeException.class, () -> server.segment(spec));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
  }
}
