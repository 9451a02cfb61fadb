package dev.synthorax.server.pipeline;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceMemory;
import dev.synthorax.engine.ExecutionContext;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.server.scheduler.LatentSlot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns latents into grey pictures on the device; only their pixels leave it.
 *
 * <p><b>Ownership:</b> owns memory for the pictures of one batch; borrows lane, operations and
 * contexts. <b>Threading:</b> one thread, the decoder stage's.
 */
final class LatentDecoder implements AutoCloseable {
  private final DeviceLane lane;
  private final RowOperations operations;
  private final RowContexts decoder;
  private final int channels;
  private final int pixels;
  private final DeviceMemory pictures; // how many samples are not finite, row by row; then pixels

  /**
   * A decoder.
   *
   * @param channels of its output; more than one become grey by their mean
   * @param pixels of one channel
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // closed in close()
  LatentDecoder(
      DeviceLane lane, RowOperations operations, RowContexts decoder, int channels, int pixels) {
    this.lane = lane;
    this.operations = operations;
    this.decoder = decoder;
    this.channels = channels;
    this.pixels = pixels;
    long rows = decoder.maxRows();
    this.pictures = lane.openMemory(countBytes() + rows * Slab.aligned(bytes(DataType.FP32)));
  }

  private long countBytes() {
    return Slab.aligned((long) decoder.maxRows() * Integer.BYTES);
  }

  private long bytes(DataType dataType) {
    return (long) pixels * dataType.bytes();
  }

  int maxRows() {
    return decoder.maxRows();
  }

  /**
   * Decodes. Whether it returns or throws, the slots are read no more.
   *
   * @param slots 1 to {@link #maxRows()} images' latents, final
   * @param dataTypes what the pixels of each become: {@code FP32} in 0..1, {@code UINT8} or {@code
   *     UINT16}
   * @throws dev.synthorax.engine.InferenceException {@code BACKEND_FAILURE}
   */
  List<DecodedImage> decode(List<LatentSlot> slots, List<DataType> dataTypes) {
    try {
      ExecutionContext context = decoder.atLeast(slots.size());
      enqueueDecoder(context, slots);
      long used = enqueuePictures(context, dataTypes);
      return images(lane.read(pictures.buffer().slice(0, used)), dataTypes);
    } catch (RuntimeException | Error failure) { // what is enqueued must not outlive the slots
      lane.settle();
      throw failure;
    }
  }

  private void enqueueDecoder(ExecutionContext context, List<LatentSlot> slots) {
    var rows = new ArrayList<RowOperations.Row>(slots.size());
    for (LatentSlot slot : slots) {
      rows.add(new RowOperations.Row(slot.latents(), 1, 0, null, null));
    }
    var sample =
        new RowOperations.Tensor(
            context.buffer("latent_sample"), context.inputs().getFirst().dataType());
    operations.gather(
        lane.stream(), rows, new RowOperations.Inputs(context.rows(), sample, null, null, null));
    context.enqueue(lane.stream());
  }

  /** Enqueues the pictures one after another; returns where they end. */
  private long enqueuePictures(ExecutionContext context, List<DataType> dataTypes) {
    DeviceBuffer buffer = pictures.buffer();
    var made = new ArrayList<RowOperations.Picture>(dataTypes.size());
    long at = countBytes();
    for (int row = 0; row < dataTypes.size(); row++) {
      DataType dataType = dataTypes.get(row);
      made.add(
          new RowOperations.Picture(
              row,
              dataType,
              buffer.slice(at, bytes(dataType)),
              buffer.slice((long) row * Integer.BYTES, Integer.BYTES)));
      at += Slab.aligned(bytes(dataType));
    }
    var samples =
        new RowOperations.Tensor(context.buffer("sample"), context.outputs().getFirst().dataType());
    operations.grey(lane.stream(), samples, channels, made);
    return at;
  }

  private List<DecodedImage> images(MemorySegment read, List<DataType> dataTypes) {
    var images = new ArrayList<DecodedImage>(dataTypes.size());
    long at = countBytes();
    for (int row = 0; row < dataTypes.size(); row++) {
      DataType dataType = dataTypes.get(row);
      images.add(
          new DecodedImage(
              read.asSlice(at, bytes(dataType)).toArray(ValueLayout.JAVA_BYTE),
              dataType,
              read.getAtIndex(ValueLayout.JAVA_INT, row)));
      at += Slab.aligned(bytes(dataType));
    }
    return images;
  }

  @Override
  public void close() {
    lane.settle();
    pictures.close();
  }
}
