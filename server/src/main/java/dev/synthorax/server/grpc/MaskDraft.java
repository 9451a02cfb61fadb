package dev.synthorax.server.grpc;

import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.server.pictures.MaskCondition;
import dev.synthorax.server.pictures.MaskDecoder;
import dev.synthorax.server.pictures.MaskFile;
import dev.synthorax.server.pipeline.PipelineDescription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The masks of a request: their names and headers are good, their pixels are not decoded yet. */
final class MaskDraft {
  private final List<Entry> entries;
  private final int channels;
  private final int width;
  private final int height;

  private record Entry(String field, int channel, MaskFile file) {}

  private MaskDraft(List<Entry> entries, int channels, int width, int height) {
    this.entries = List.copyOf(entries);
    this.channels = channels;
    this.width = width;
    this.height = height;
  }

  /**
   * Reads names and headers.
   *
   * @return null where no mask is given
   * @throws FieldException naming the field that cannot be taken
   */
  static @Nullable MaskDraft read(GenerationSpec spec, PipelineDescription pipeline) {
    if (spec.getMasksCount() == 0) {
      return null;
    }
    List<String> structures = pipeline.config().structures();
    requireStructures(spec, structures);
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < spec.getMasksCount(); i++) {
      var mask = spec.getMasks(i);
      String field = "masks[" + i + "].png";
      MaskFile file =
          FieldException.at(
              field, () -> MaskFile.of(mask.getStructure(), mask.getPng().asReadOnlyByteBuffer()));
      entries.add(new Entry(field, structures.indexOf(mask.getStructure()), file));
    }
    return new MaskDraft(
        entries, structures.size(), pipeline.size().width(), pipeline.size().height());
  }

  /** All names before any image. */
  private static void requireStructures(GenerationSpec spec, List<String> structures) {
    var seen = new HashSet<String>();
    for (int i = 0; i < spec.getMasksCount(); i++) {
      String structure = spec.getMasks(i).getStructure();
      String field = "masks[" + i + "].structure";
      FieldException.requireBytes(field, structure, GenerationSpecReader.MAX_NAME_BYTES);
      if (structures.isEmpty()) {
        throw FieldException.invalid(
            field, structure + " (expected: no masks; this model takes none)");
      }
      if (!structures.contains(structure)) {
        throw FieldException.invalid(
            field, structure + " (expected: one of " + String.join(", ", structures) + ")");
      }
      if (!seen.add(structure)) {
        throw FieldException.invalid(
            field, structure + " again (expected: each structure at most once)");
      }
    }
  }

  /** Bytes that the masks take until they are decoded, one after another. */
  long heldBytes() {
    long files = entries.stream().mapToLong(entry -> entry.file.fileBytes()).sum();
    long pixels = entries.stream().mapToLong(entry -> entry.file.pixelBytes()).max().orElse(0);
    return files + pixels;
  }

  /**
   * Decodes; may take seconds.
   *
   * @return channels in the model's order, absent structures empty
   * @throws FieldException naming the mask that cannot be taken
   */
  MaskCondition decode() {
    float[] target = new float[channels * height * width];
    var given = new ArrayList<MaskCondition.Given>();
    for (Entry entry : entries) {
      int offset = entry.channel * height * width;
      given.add(
          FieldException.at(
              entry.field, () -> MaskDecoder.decode(entry.file, target, offset, width, height)));
    }
    return new MaskCondition(target, given);
  }
}
