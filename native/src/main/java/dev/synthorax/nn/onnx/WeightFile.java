package dev.synthorax.nn.onnx;

import dev.synthorax.engine.DataType;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.nn.onnx.format.StringStringEntryProto;
import dev.synthorax.nn.onnx.format.TensorProto;
import dev.synthorax.nn.weights.ModelWeights;
import dev.synthorax.nn.weights.StoredTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of one graph as raw numbers of its precision, laid out in the order in which the
 * network asks for them. The runtime maps this file: the elements never pass through the heap, and
 * a graph's weights exist once on disk for every size that it is exported for.
 *
 * <p><b>Ownership:</b> borrows the weights, which outlive it.
 *
 * <p><b>Threading:</b> one thread.
 */
final class WeightFile implements WeightSource {

  /** Where a tensor's elements lie, in bytes from the start of the file, and as what. */
  private record Place(long offset, DataType dataType, StoredTensor tensor) {}

  /** Tensors start where the widest vectors load fastest. */
  private static final long ALIGNMENT = 64;

  private static final long CHUNK_ELEMENTS = 1 << 20;

  private final ModelWeights weights; // borrowed
  private final String fileName;
  private final List<Place> places = new ArrayList<>();
  private long end;

  /**
   * Starts empty.
   *
   * @param fileName in the folder of the graph
   */
  WeightFile(ModelWeights weights, String fileName) {
    this.weights = weights;
    this.fileName = fileName;
  }

  /** Gives the parameter a place in the file. */
  @Override
  public void fill(TensorProto.Builder initializer, String name, DataType dataType, long... shape) {
    StoredTensor tensor = weights.parameter(name, shape);
    Place place = new Place(align(end), dataType, tensor);
    long length = tensor.elements() * dataType.bytes();
    end = place.offset() + length;
    places.add(place);
    initializer
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", fileName))
        .addExternalData(entry("offset", Long.toString(place.offset())))
        .addExternalData(entry("length", Long.toString(length)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  String fileName() {
    return fileName;
  }

  /** Writes every tensor that has a place; see {@link AtomicFiles#write}. */
  void write(Path folder) throws IOException {
    AtomicFiles.write(
        folder.resolve(fileName),
        channel -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(CHUNK_ELEMENTS * Float.BYTES, ALIGNMENT);
            for (Place place : places) {
              channel.position(place.offset());
              write(place, chunk, channel);
            }
          }
        });
  }

  private void write(Place place, MemorySegment chunk, FileChannel channel) throws IOException {
    long elements = place.tensor().elements();
    for (long at = 0; at < elements; at += CHUNK_ELEMENTS) {
      long count = Math.min(CHUNK_ELEMENTS, elements - at);
      MemorySegment target = chunk.asSlice(0, count * place.dataType().bytes());
      weights.copy(place.tensor(), at, count, place.dataType(), target);
      ByteBuffer buffer = target.asByteBuffer();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private static long align(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
