package dev.synthorax.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.synthorax.proto.v1.EffectiveSettings;
import dev.synthorax.proto.v1.Image;
import dev.synthorax.proto.v1.ImageTimings;
import dev.synthorax.proto.v1.OutputFormat;

/** An image as a server sends it, with times that depend on its seed alone. */
final class FakeImage {
  private FakeImage() {}

  static Image of(int index, long seed, byte[] png, EffectiveSettings used) {
    return Image.newBuilder()
        .setIndex(index)
        .setSeed(seed)
        .setData(ByteString.copyFrom(png))
        .setFormat(OutputFormat.OUTPUT_FORMAT_PNG_GRAY8)
        .setWidth(used.getWidth())
        .setHeight(used.getHeight())
        .setTimings(
            ImageTimings.newBuilder()
                .setQueued(millis(3 + 40 * (int) (seed % 5)))
                .setDenoising(millis(700 + 31 * (int) (seed % 7)))
                .setDecoding(millis(25)))
        .build();
  }

  private static Duration millis(int millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos(millis % 1000 * 1_000_000)
        .build();
  }
}
