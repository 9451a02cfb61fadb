package dev.synthorax.engine.tensorrt;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import dev.synthorax.files.RegularFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a plan's key and buffers need to know of an ONNX file; weights are passed over, not read.
 *
 * @param inputs in the graph's order, initializers left out
 * @param outputs in the graph's order
 * @param weightFiles files with the graph's weights, relative to its folder
 * @see <a href="https://onnx.ai/onnx/repo-docs/IR.html">the format</a>
 */
record OnnxFile(
    List<GraphTensor> inputs, List<GraphTensor> outputs, SortedSet<String> weightFiles) {

  OnnxFile {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Reads a graph's file.
   *
   * @throws InferenceException {@code MODEL_FAILED} if it is none; {@code UNSUPPORTED} if an input
   *     or output has no type or shape that a buffer can have
   */
  static OnnxFile read(Path file) {
    try (FileChannel channel = RegularFiles.open(file)) {
      var reader = new Reader(String.valueOf(file.getFileName()));
      reader.model(CodedInputStream.newInstance(Channels.newInputStream(channel)));
      return reader.result();
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "%s: %s (expected: an ONNX graph)".formatted(file.getFileName(), RegularFiles.reason(e)),
          e);
    }
  }

  /** Whether an input has a row for each of the batch. */
  boolean hasRows() {
    return inputs.stream().anyMatch(input -> input.spec().hasRows());
  }

  /** Reads one field of a message, or passes over it. */
  private interface Field {
    void read(int number, int tag) throws IOException;
  }

  /** Walks down the messages; field numbers are the format's. */
  private static final class Reader {
    private final String file;
    private final List<GraphTensor> inputs = new ArrayList<>();
    private final List<GraphTensor> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();
    private final SortedSet<String> weightFiles = new TreeSet<>();
    private boolean hasGraph;

    Reader(String file) {
      this.file = file;
    }

    OnnxFile result() {
      if (!hasGraph) {
        throw new InferenceException(
            ErrorReason.MODEL_FAILED, file + ": no graph in it (expected: an ONNX graph)");
      }
      inputs.removeIf(input -> initializers.contains(input.spec().name()));
      return new OnnxFile(inputs, outputs, weightFiles);
    }

    void model(CodedInputStream in) throws IOException {
      fields(
          in,
          (number, tag) -> {
            switch (number) {
              case 7 -> graph(in, true);
              case 25 -> nested(in, 7, () -> node(in)); // a function
              default -> in.skipField(tag);
            }
          });
    }

    private void graph(CodedInputStream in, boolean outermost) throws IOException {
      hasGraph = true;
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 1 -> node(in);
              case 5 -> initializers.add(tensor(in));
              case 11, 12 -> {
                if (outermost) {
                  (number == 11 ? inputs : outputs).add(value(in));
                } else {
                  in.skipField(tag);
                }
              }
              default -> in.skipField(tag);
            }
          });
    }

    private void node(CodedInputStream in) throws IOException {
      nested(
          in,
          5,
          () ->
              message(
                  in,
                  (number, tag) -> {
                    switch (number) {
                      case 5, 10 -> tensor(in);
                      case 6, 11 -> graph(in, false);
                      default -> in.skipField(tag);
                    }
                  }));
    }

    /** Notes where a tensor's bytes lie; gives its name. */
    private String tensor(CodedInputStream in) throws IOException {
      String[] name = {""};
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 8 -> name[0] = in.readString();
              case 13 -> external(in);
              default -> in.skipField(tag);
            }
          });
      return name[0];
    }

    private void external(CodedInputStream in) throws IOException {
      String[] entry = {"", ""};
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 1, 2 -> entry[number - 1] = in.readString();
              default -> in.skipField(tag);
            }
          });
      if (entry[0].equals("location")) {
        Path location = Path.of(entry[1]).normalize();
        if (location.isAbsolute() || location.startsWith("..")) {
          throw new InferenceException(
              ErrorReason.MODEL_FAILED,
              "%s: weights in %s (expected: a file in the graph's folder)"
                  .formatted(file, entry[1]));
        }
        weightFiles.add(location.toString());
      }
    }

    private GraphTensor value(CodedInputStream in) throws IOException {
      var value = new Value();
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 1 -> value.name = in.readString();
              case 2 -> nested(in, 1, () -> tensorType(in, value));
              default -> in.skipField(tag);
            }
          });
      if (value.dims == null) {
        throw unsupported(value.name + " has no shape", "a tensor whose shape the graph says");
      }
      DataType type = dataType(value.elementType);
      if (type == null) {
        throw unsupported(
            "%s is of ONNX's type %d".formatted(value.name, value.elementType),
            "a type of the wire");
      }
      return new GraphTensor(new TensorSpec(value.name, type, value.dims), value.symbols);
    }

    private InferenceException unsupported(String problem, String expected) {
      return new InferenceException(
          ErrorReason.UNSUPPORTED, "%s: %s (expected: %s)".formatted(file, problem, expected));
    }

    private static void tensorType(CodedInputStream in, Value value) throws IOException {
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 1 -> value.elementType = in.readEnum();
              case 2 -> {
                value.dims = new ArrayList<>();
                nested(in, 1, () -> dim(in, value));
              }
              default -> in.skipField(tag);
            }
          });
    }

    private static void dim(CodedInputStream in, Value value) throws IOException {
      long[] size = {TensorSpec.DYNAMIC};
      String[] symbol = {""};
      message(
          in,
          (number, tag) -> {
            switch (number) {
              case 1 -> size[0] = Math.max(TensorSpec.DYNAMIC, in.readInt64());
              case 2 -> symbol[0] = in.readString();
              default -> in.skipField(tag);
            }
          });
      if (value.dims != null) {
        value.dims.add(size[0]);
      }
      value.symbols.add(symbol[0]);
    }

    private static @Nullable DataType dataType(int number) {
      return switch (number) {
        case 1 -> DataType.FP32;
        case 2 -> DataType.UINT8;
        case 3 -> DataType.INT8;
        case 4 -> DataType.UINT16;
        case 5 -> DataType.INT16;
        case 6 -> DataType.INT32;
        case 7 -> DataType.INT64;
        case 8 -> DataType.BYTES;
        case 9 -> DataType.BOOL;
        case 10 -> DataType.FP16;
        case 11 -> DataType.FP64;
        case 12 -> DataType.UINT32;
        case 13 -> DataType.UINT64;
        case 16 -> DataType.BF16;
        default -> null;
      };
    }

    private static final class Value {
      private String name = "";
      private int elementType;
      private @Nullable List<Long> dims;
      private final List<String> symbols = new ArrayList<>();
    }

    private interface Body {
      void read() throws IOException;
    }

    /** A message of which one field, itself a message, is read. */
    private static void nested(CodedInputStream in, int wanted, Body body) throws IOException {
      message(
          in,
          (number, tag) -> {
            if (number == wanted) {
              body.read();
            } else {
              in.skipField(tag);
            }
          });
    }

    private static void message(CodedInputStream in, Field field) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      fields(in, field);
      if (in.getBytesUntilLimit() > 0) {
        throw new IOException("cut short");
      }
      in.popLimit(outer);
    }

    private static void fields(CodedInputStream in, Field field) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        field.read(WireFormat.getTagFieldNumber(tag), tag);
      }
    }
  }
}
