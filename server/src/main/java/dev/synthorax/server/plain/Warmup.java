package dev.synthorax.server.plain;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.proto.inference.ModelWarmup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a model on made-up requests before it takes real ones, so that these do not pay for what a
 * first run sets up.
 */
final class Warmup {
  /** Folder of the model that holds files for it. */
  static final String FOLDER = "warmup";

  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_RUNS = 1_000;
  private static final long SEED = 1;
  private static final int ALIGNMENT = 64;

  private final Path folder;
  private final PlainDescription description;
  private final RequestCheck check;

  /** For a model in a folder. */
  Warmup(Path folder, PlainDescription description) {
    this.folder = folder;
    this.description = description;
    this.check = new RequestCheck(description);
  }

  /**
   * Does what the configuration asks for.
   *
   * @throws InferenceException {@code MODEL_FAILED}
   */
  void run(BatchRunner runner) {
    for (ModelWarmup warmup : description.config().getModelWarmupList()) {
      try {
        run(runner, warmup);
      } catch (IOException e) {
        throw failed(warmup, RegularFiles.reason(e), e);
      } catch (RuntimeException e) { // made-up numbers may be more than a network takes
        throw failed(warmup, String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static InferenceException failed(ModelWarmup warmup, String reason, Exception cause) {
    return ModelConfigFile.failed("model_warmup %s: %s".formatted(warmup.getName(), reason), cause);
  }

  private void run(BatchRunner runner, ModelWarmup warmup) throws IOException {
    int runs = Math.max(1, warmup.getCount());
    if (warmup.getCount() < 0 || runs > MAX_RUNS) {
      throw new IllegalArgumentException(
          "count %s (expected: at most %d)"
              .formatted(Integer.toUnsignedString(warmup.getCount()), MAX_RUNS));
    }
    try (Arena arena = Arena.ofConfined()) {
      CheckedRequest request = check.check(request(warmup, arena));
      for (int i = 0; i < runs; i++) {
        try {
          runner.load(List.of(request), request.rows());
          runner.compute();
        } finally {
          runner.finish();
        }
      }
    }
  }

  private PlainRequest request(ModelWarmup warmup, Arena arena) throws IOException {
    int rows =
        description.maxBatchSize() == 0
            ? 0
            : Math.clamp(warmup.getBatchSize() & 0xffff_ffffL, 1, description.maxBatchSize() + 1);
    var inputs = new ArrayList<HostTensor>();
    for (var entry : warmup.getInputsMap().entrySet()) {
      ModelWarmup.Input input = entry.getValue();
      DataType type = Types.of(input.getDataType());
      if (type == null) {
        throw new IllegalArgumentException(entry.getKey() + ": no data_type");
      }
      var shape = new ArrayList<>(input.getDimsList());
      if (rows > 0) {
        shape.addFirst((long) rows);
      }
      MemorySegment bytes = bytes(entry.getKey(), input, type, shape, Math.max(1, rows), arena);
      inputs.add(new HostTensor(entry.getKey(), type, shape, bytes));
    }
    return new PlainRequest("", inputs, List.of(), 0, 0, PlainRequest.NO_DEADLINE, "");
  }

  private MemorySegment bytes(
      String name, ModelWarmup.Input input, DataType type, List<Long> shape, int rows, Arena arena)
      throws IOException {
    return switch (input.getInputDataTypeCase()) {
      case INPUT_DATA_FILE -> repeated(file(input.getInputDataFile(), arena), rows, arena);
      case ZERO_DATA -> arena.allocate(size(name, type, shape), ALIGNMENT);
      case RANDOM_DATA -> {
        MemorySegment random = arena.allocate(size(name, type, shape), ALIGNMENT);
        randomise(random, type);
        yield random;
      }
      case INPUTDATATYPE_NOT_SET ->
          throw new IllegalArgumentException(
              name + ": no data (expected: zero_data, random_data or input_data_file)");
    };
  }

  /** Bytes of a tensor, of strings each empty. */
  private static long size(String name, DataType type, List<Long> shape) {
    long bytes = type == DataType.BYTES ? Integer.BYTES : type.bytes();
    for (long dim : shape) {
      if (dim < 0 || bytes > MAX_BYTES || dim > MAX_BYTES) {
        throw new IllegalArgumentException(
            "%s: dims %s (expected: dims >= 0 of at most %d bytes)"
                .formatted(name, shape, MAX_BYTES));
      }
      bytes *= dim;
    }
    return bytes;
  }

  private MemorySegment file(String name, Arena arena) throws IOException {
    Path file = ModelConfigFile.within(folder.resolve(FOLDER), "input_data_file", name);
    try (FileChannel channel = RegularFiles.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  private static MemorySegment repeated(MemorySegment row, int rows, Arena arena) {
    if (row.byteSize() > MAX_BYTES / rows) {
      throw new IllegalArgumentException(
          "%d bytes a row (expected: at most %d together)".formatted(row.byteSize(), MAX_BYTES));
    }
    MemorySegment all = arena.allocate(row.byteSize() * rows, ALIGNMENT);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(row, 0, all, i * row.byteSize(), row.byteSize());
    }
    return all;
  }

  /** Floats from 0 to 1; of other types 0 or 1, which most networks take as an index too. */
  private static void randomise(MemorySegment bytes, DataType type) {
    var random = new SplittableRandom(SEED);
    if (type == DataType.BYTES) {
      return; // empty strings
    }
    for (long i = 0; i < bytes.byteSize() / type.bytes(); i++) {
      if (type.isFloat()) {
        type.setFloat(bytes, i, (float) random.nextDouble());
      } else {
        bytes.set(ValueLayout.JAVA_BYTE, i * type.bytes(), (byte) random.nextInt(2));
      }
    }
  }
}
