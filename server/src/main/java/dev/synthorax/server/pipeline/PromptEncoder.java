package dev.synthorax.server.pipeline;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.ExecutionContext;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Text embeddings by prompt, the latest ones remembered. Always two rows with the same prompt, so
 * that an embedding never depends on company.
 *
 * <p><b>Ownership:</b> borrows its context and lane. <b>Threading:</b> one thread, the encoder
 * stage's.
 */
final class PromptEncoder {
  /** Rows of the encoder's only batch. */
  static final int ROWS = 2;

  private static final int REMEMBERED = 128;

  private final ExecutionContext context;
  private final DeviceLane lane;
  private final PromptTokenizer tokenizer;
  private final Map<String, float[]> cache = new LatestPrompts();

  /** An encoder over a context of {@link #ROWS} rows. */
  PromptEncoder(ExecutionContext context, DeviceLane lane, PromptTokenizer tokenizer) {
    this.context = context;
    this.lane = lane;
    this.tokenizer = tokenizer;
  }

  /**
   * The embedding of a prompt.
   *
   * @return {@code [length, hidden]}, shared: never written
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  float[] encode(String prompt) {
    float[] known = cache.get(prompt);
    if (known != null) {
      return known;
    }
    long[] ids = tokenizer.tokenize(prompt).ids();
    lane.write(context.buffer("input_ids"), input -> repeat(ids, input));
    context.enqueue(lane.stream());
    DeviceBuffer output = context.buffer("last_hidden_state");
    MemorySegment numbers = lane.read(output.slice(0, output.byteSize() / ROWS));
    float[] embedding = floats(numbers, context.outputs().getFirst().dataType());
    cache.put(prompt, embedding);
    return embedding;
  }

  private static void repeat(long[] ids, MemorySegment input) {
    for (int row = 0; row < ROWS; row++) {
      MemorySegment.copy(
          ids, 0, input, ValueLayout.JAVA_LONG, (long) row * ids.length * Long.BYTES, ids.length);
    }
  }

  private static float[] floats(MemorySegment numbers, DataType dataType) {
    float[] floats = new float[Math.toIntExact(numbers.byteSize() / dataType.bytes())];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = dataType.getFloat(numbers, i);
    }
    return floats;
  }

  private static final class LatestPrompts extends LinkedHashMap<String, float[]> {
    private static final long serialVersionUID = 1L;

    private LatestPrompts() {
      super(REMEMBERED, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
      return size() > REMEMBERED;
    }
  }
}
