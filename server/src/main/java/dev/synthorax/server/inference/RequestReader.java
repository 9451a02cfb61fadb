package dev.synthorax.server.inference;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.proto.inference.ModelInferRequest;
import dev.synthorax.proto.inference.ModelInferRequest.InferInputTensor;
import dev.synthorax.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.synthorax.server.failure.ServerException;
import dev.synthorax.server.grpc.FieldException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tensors of a request: how many bytes there are and whose they are. What the model takes
 * is the model's to check.
 *
 * <p><b>Threading:</b> one thread, one request.
 */
final class RequestReader {
  private static final int MAX_TENSORS = 1024;
  private static final int MAX_DIMS = 32;
  private static final int MAX_NAME = 256;

  private final WireRequest request;
  private final SharedRegions regions;
  private final boolean raw;
  private int nextRaw;

  /** Borrows both. */
  RequestReader(WireRequest request, SharedRegions regions) {
    this.request = request;
    this.regions = regions;
    raw = !request.rawContents().isEmpty();
  }

  /**
   * The inputs; their bytes are good until the request is closed.
   *
   * @throws FieldException naming the first that cannot be taken
   * @throws ServerException {@code QUEUE_FULL} if there is no memory for them now
   */
  List<HostTensor> inputs() {
    ServerException refusal = request.refusal();
    if (refusal != null) {
      throw refusal;
    }
    ModelInferRequest fields = request.fields();
    requireCount("inputs", fields.getInputsCount());
    var names = new HashSet<String>();
    var inputs = new ArrayList<HostTensor>();
    for (int i = 0; i < fields.getInputsCount(); i++) {
      InferInputTensor input = fields.getInputs(i);
      String path = "inputs[%d]".formatted(i);
      requireName(path, input.getName());
      if (!names.add(input.getName())) {
        throw FieldException.invalid(
            path + ".name", input.getName() + " again (expected: each input once)");
      }
      inputs.add(input(path, input));
    }
    if (nextRaw < request.rawContents().size()) {
      throw wrongRawCount();
    }
    return inputs;
  }

  private static void requireCount(String path, int count) {
    if (count > MAX_TENSORS) {
      throw FieldException.invalid(path, "%d (expected: up to %d)".formatted(count, MAX_TENSORS));
    }
  }

  private static void requireName(String path, String name) {
    if (name.length() > MAX_NAME) {
      throw FieldException.invalid(
          path + ".name", "%d characters (expected: up to %d)".formatted(name.length(), MAX_NAME));
    }
  }

  private FieldException wrongRawCount() {
    return FieldException.invalid(
        "raw_input_contents",
        "%d entries (expected: one for each input that is not in shared memory)"
            .formatted(request.rawContents().size()));
  }

  private HostTensor input(String path, InferInputTensor input) {
    DataType type = type(path + ".datatype", input.getDatatype());
    if (input.getShapeCount() > MAX_DIMS) {
      throw FieldException.invalid(
          path + ".shape",
          "%d dims (expected: up to %d)".formatted(input.getShapeCount(), MAX_DIMS));
    }
    var parameters = new Parameters(path + ".parameters", input.getParametersMap());
    SharedRange shared = SharedRange.of(parameters);
    var tensor =
        new HostTensor(
            input.getName(),
            type,
            input.getShapeList(),
            shared == null ? sent(path, input, type) : shared(path, input, shared));
    String wrong = tensor.wrongBytes();
    if (wrong == null && type == DataType.BOOL) {
      wrong = wrongBool(tensor.bytes());
    }
    if (wrong != null) {
      throw FieldException.invalid(path, "input '%s': %s".formatted(input.getName(), wrong));
    }
    return tensor;
  }

  /** A byte that is neither yes nor no would be read differently by each backend. */
  private static @Nullable String wrongBool(MemorySegment bytes) {
    for (long i = 0; i < bytes.byteSize(); i++) {
      byte value = bytes.get(ValueLayout.JAVA_BYTE, i);
      if ((value & ~1) != 0) {
        return "element %d is %d (expected: 0 or 1)".formatted(i, Byte.toUnsignedInt(value));
      }
    }
    return null;
  }

  private static DataType type(String path, String name) {
    for (DataType type : DataType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    String shown = name.length() > MAX_NAME ? name.length() + " characters" : "'" + name + "'";
    throw FieldException.invalid(
        path, shown + " (expected: one of " + List.of(DataType.values()) + ")");
  }

  private MemorySegment sent(String path, InferInputTensor input, DataType type) {
    if (!raw) {
      return TypedContents.read(path + ".contents", type, input.getContents(), request.memory());
    }
    requireNoContents(path, input, "raw_input_contents");
    if (nextRaw == request.rawContents().size()) {
      throw wrongRawCount();
    }
    return request.rawContents().get(nextRaw++);
  }

  private MemorySegment shared(String path, InferInputTensor input, SharedRange shared) {
    requireNoContents(path, input, "shared memory");
    return FieldException.at(
        path + ".parameters",
        () -> {
          regions.check(shared); // before memory is taken for it
          MemorySegment contents = request.memory().take(shared.byteSize());
          regions.read(shared, contents);
          return contents;
        });
  }

  private static void requireNoContents(String path, InferInputTensor input, String beside) {
    if (input.hasContents()) {
      throw FieldException.invalid(
          path + ".contents", "given beside %s (expected: one of them alone)".formatted(beside));
    }
  }

  /**
   * The outputs that are wanted; empty: all.
   *
   * @throws FieldException naming the first that cannot be given
   */
  List<WantedOutput> outputs() {
    ModelInferRequest fields = request.fields();
    requireCount("outputs", fields.getOutputsCount());
    var names = new HashSet<String>();
    var outputs = new ArrayList<WantedOutput>();
    for (int i = 0; i < fields.getOutputsCount(); i++) {
      InferRequestedOutputTensor output = fields.getOutputs(i);
      String path = "outputs[%d]".formatted(i);
      requireName(path, output.getName());
      if (!names.add(output.getName())) {
        throw FieldException.invalid(
            path + ".name", output.getName() + " again (expected: each output once)");
      }
      outputs.add(wanted(output, new Parameters(path + ".parameters", output.getParametersMap())));
    }
    return outputs;
  }

  private WantedOutput wanted(InferRequestedOutputTensor output, Parameters parameters) {
    long classes = parameters.number("classification", 0);
    if (classes == 0 && parameters.has("classification")) {
      throw parameters.wrong("classification", "0 (expected: at least 1)");
    }
    @Nullable SharedRange shared = SharedRange.of(parameters);
    if (shared != null && classes > 0) {
      throw parameters.wrong(
          "classification", "given beside shared memory (expected: one of them alone)");
    }
    FieldException.at(
        parameters.path(),
        () -> {
          regions.check(shared);
          return output;
        });
    return new WantedOutput(output.getName(), classes, shared);
  }
}
