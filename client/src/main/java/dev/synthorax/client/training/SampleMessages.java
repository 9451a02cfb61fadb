package dev.synthorax.client.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import dev.synthorax.client.dataset.ImageInfo;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.ShardLine;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.FindingList;
import dev.synthorax.proto.v1.SampleMask;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Samples as they go over the wire: what a line of a shard says, and packed pixels. */
final class SampleMessages {
  private static final JsonMapper JSON = new JsonMapper();

  private SampleMessages() {}

  /**
   * Returns the message of a sample.
   *
   * @param structures those that are sent where somebody outlined them
   */
  static dev.synthorax.proto.v1.Sample of(Sample sample, List<Structure> structures) {
    ImageInfo info = sample.info();
    dev.synthorax.proto.v1.Sample.Builder message =
        dev.synthorax.proto.v1.Sample.newBuilder()
            .setId(info.id())
            .setImage(ByteString.copyFrom(sample.image().toBytes()))
            .setPrompt(info.text())
            .addAllFindings(ShardLine.findings(info));
    List<String> absent = ShardLine.absentFindings(info);
    if (absent != null) {
      message.setAbsentFindings(FindingList.newBuilder().addAllNames(absent));
    }
    Map<String, Object> attributes = ShardLine.attributes(info);
    if (!attributes.isEmpty()) {
      message.setAttributesJson(json(attributes));
    }
    Long seed = info.seed();
    if (seed != null) {
      message.setSeed(seed);
    }
    for (Structure structure : structures) {
      BinaryMask mask = sample.masks().get(structure);
      if (mask != null) {
        message.addMasks(
            SampleMask.newBuilder().setStructure(structure.wireName()).setBits(bits(mask)));
      }
    }
    return message.build();
  }

  private static String json(Map<String, Object> attributes) {
    try {
      return JSON.writeValueAsString(attributes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("attributes always become JSON", e);
    }
  }

  private static ByteString bits(BinaryMask mask) {
    byte[] cells = mask.toBytes();
    byte[] bits = new byte[(cells.length + 7) / 8];
    boolean empty = true;
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] != 0) {
        bits[i >> 3] |= (byte) (0x80 >> (i & 7));
        empty = false;
      }
    }
    return empty ? ByteString.EMPTY : ByteString.copyFrom(bits);
  }

  /** Returns a sample of {@code size} pixels a side: padded to a square with black, resized. */
  static Sample square(Sample sample, int size) {
    GrayImage image = sample.image();
    if (image.width() == size && image.height() == size) {
      return sample;
    }
    int side = Math.max(image.width(), image.height());
    byte[] pixels = padded(image.toBytes(), image.width(), image.height(), side);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    sample
        .masks()
        .forEach(
            (structure, mask) -> {
              byte[] cells = padded(mask.toBytes(), image.width(), image.height(), side);
              masks.put(structure, BinaryMask.of(side, side, cells).resize(size, size));
            });
    return new Sample(
        sample.info(), GrayImage.of(side, side, pixels).resize(size, size), masks, sample.text());
  }

  private static byte[] padded(byte[] values, int width, int height, int side) {
    byte[] padded = new byte[side * side];
    int left = (side - width) / 2;
    int top = (side - height) / 2;
    for (int row = 0; row < height; row++) {
      System.arraycopy(values, row * width, padded, (top + row) * side + left, width);
    }
    return padded;
  }
}
