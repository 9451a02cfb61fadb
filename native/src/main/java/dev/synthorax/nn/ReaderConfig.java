package dev.synthorax.nn;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.nn.weights.ModelFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Configuration of a network that reads radiographs: its class and sizes. */
public sealed interface ReaderConfig permits ClassifierConfig, DenseNetConfig, SegmentationConfig {

  /** Channels that the first layer takes. */
  int inChannels();

  /** How many things it tells apart. */
  int outputs();

  /** The field of {@code config.json} that says so. */
  String outputsField();

  /** What the sides of an image divide by. */
  int factor();

  /** Scope of the last layer, whose width is that of the outputs. */
  String head();

  /** Whether it marks structures, a logit a pixel, and not findings, a logit an image. */
  default boolean marks() {
    return this instanceof SegmentationConfig;
  }

  /** Every parameter and running statistic, in the order of use. */
  default List<ParameterSpec> parameters() {
    ShapeOps shapes = new ShapeOps();
    forward(shapes, new long[] {1, inChannels(), factor(), factor()});
    return shapes.parameters();
  }

  /**
   * Reads images.
   *
   * @param image {@code [batch, inChannels, height, width]}, about -1..1; one channel, a grey
   *     image, feeds each
   * @throws IllegalArgumentException if the channels differ or a side does not divide
   */
  default <T> Reading<T> forward(Ops<T> ops, T image) {
    long channels = ops.dim(image, 1);
    if ((channels != 1 && channels != inChannels())
        || ops.dim(image, 2) % factor() != 0
        || ops.dim(image, 3) % factor() != 0) {
      throw new IllegalArgumentException(
          "image: %dx%dx%d (expected: 1 or %d channels, sides that divide by %d)"
              .formatted(channels, ops.dim(image, 2), ops.dim(image, 3), inChannels(), factor()));
    }
    T x =
        channels == inChannels() ? image : ops.concat(1, Collections.nCopies(inChannels(), image));
    return switch (this) {
      case ClassifierConfig config -> ChestClassifier.forward(ops, config, x);
      case DenseNetConfig config -> DenseNet.forward(ops, config, x);
      case SegmentationConfig config -> SegmentationUNet.forward(ops, config, x);
    };
  }

  /**
   * Reads {@code config.json}; its {@code _class_name} is {@code ChestClassifier}, {@code DenseNet}
   * or {@code SegmentationUNet}.
   *
   * @param outputs how many, if the file does not say
   * @throws InferenceException {@code MODEL_FAILED}, naming the file and the field, if it cannot be
   *     read, the class is another or a value is wrong
   */
  static ReaderConfig read(Path file, int outputs) {
    return of(ConfigFields.read(ModelFile.of(file)), outputs);
  }

  /**
   * The same from text.
   *
   * @param json the content of a {@code config.json}
   */
  static ReaderConfig parse(String json, int outputs) {
    return of(ConfigFields.parse("reader config", json), outputs);
  }

  private static ReaderConfig of(ConfigFields fields, int outputs) {
    String name = fields.text("_class_name", "");
    return switch (name) {
      case "ChestClassifier" -> ClassifierConfig.of(fields, outputs);
      case "DenseNet" -> DenseNetConfig.of(fields, outputs);
      case "SegmentationUNet" -> SegmentationConfig.of(fields, outputs);
      default ->
          throw fields.bad(
              "_class_name",
              name.isEmpty() ? "absent" : name,
              "ChestClassifier, DenseNet or SegmentationUNet");
    };
  }
}
