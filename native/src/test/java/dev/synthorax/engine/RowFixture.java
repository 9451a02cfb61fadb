package dev.synthorax.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Row operations opened for each test, and buffers of a device with a wall on either side: a write
 * beyond a buffer's end fails the test.
 */
@SuppressWarnings("MustBeClosedChecker") // closed after each test
abstract class RowFixture extends BackendFixture {
  private static final int WALL = 64;
  private static final byte BRICK = 0x5a;

  final Random random = new Random(9);
  protected RowOperations operations;
  private final List<DeviceMemory> memories = new ArrayList<>();

  /** Opens the operations under test. */
  @MustBeClosed
  protected abstract RowOperations openRows(Backend backend, Device device);

  /** How many units in the last place a normal number may be off. */
  protected abstract int normalUlps();

  @BeforeEach
  void openOperations() {
    operations = openRows(backend, device);
  }

  /** Runs before the backend is closed. */
  @Override
  @AfterEach
  void closeBackend() {
    stream.synchronize();
    memories.forEach(this::requireWalls);
    memories.forEach(DeviceMemory::close);
    operations.close();
    operations.close();
    super.closeBackend();
  }

  private void requireWalls(DeviceMemory memory) {
    byte[] all = bytes(memory.buffer());
    byte[] wall = new byte[WALL];
    Arrays.fill(wall, BRICK);
    assertThat(Arrays.copyOf(all, WALL)).as("before a buffer").isEqualTo(wall);
    assertThat(Arrays.copyOfRange(all, all.length - WALL, all.length))
        .as("behind a buffer")
        .isEqualTo(wall);
  }

  /** A buffer of other people's bytes, {@code shift} bytes off the alignment. */
  protected final DeviceBuffer room(long byteSize, int shift) {
    DeviceMemory memory = backend.openMemory(device, 2L * WALL + shift + byteSize);
    memories.add(memory);
    byte[] bricks = new byte[Math.toIntExact(memory.buffer().byteSize())];
    Arrays.fill(bricks, BRICK);
    write(memory.buffer(), MemorySegment.ofArray(bricks));
    return memory.buffer().slice(WALL + shift, byteSize);
  }

  final DeviceBuffer put(int shift, float... values) {
    DeviceBuffer buffer = room((long) values.length * Float.BYTES, shift);
    write(buffer, values);
    return buffer;
  }

  /** A tensor of a network with these numbers, rounded to its type. */
  final RowOperations.Tensor tensor(DataType type, int shift, float... values) {
    DeviceBuffer buffer = room((long) values.length * type.bytes(), shift);
    MemorySegment elements = MemorySegment.ofArray(new byte[values.length * type.bytes()]);
    type.setFloats(elements, 0, values, values.length);
    write(buffer, elements);
    return new RowOperations.Tensor(buffer, type);
  }

  protected final RowOperations.Tensor emptyTensor(DataType type, int shift, int elements) {
    return new RowOperations.Tensor(room((long) elements * type.bytes(), shift), type);
  }

  /** Numbers of a network's type, in float32. */
  final float[] floats(RowOperations.Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    MemorySegment elements = MemorySegment.ofArray(bytes(tensor.buffer()));
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.dataType().getFloat(elements, i);
    }
    return values;
  }

  final int[] ints(DeviceBuffer from) {
    return MemorySegment.ofArray(bytes(from)).toArray(ValueLayout.JAVA_INT_UNALIGNED);
  }

  final float[] normals(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** What a number becomes in a type. */
  static float rounded(DataType type, float value) {
    MemorySegment element = MemorySegment.ofArray(new byte[type.bytes()]);
    type.setFloat(element, 0, value);
    return type.getFloat(element, 0);
  }

  static void assertSameBits(float[] actual, float[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        assertThat(actual[i])
            .as("%s, element %d of %d", what, i, expected.length)
            .isEqualTo(expected[i]);
      }
    }
    assertThat(actual.length).as(what).isEqualTo(expected.length);
  }

  static float[] row(float @Nullable [] values, int row, int length) {
    return values == null
        ? new float[length]
        : Arrays.copyOfRange(values, row * length, (row + 1) * length);
  }
}
