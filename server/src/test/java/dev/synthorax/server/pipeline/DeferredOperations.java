package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.HostRowOperations;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.RowOperations;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Row operations of {@link DeferredBackend}: the host's, in the order of its streams; each is a
 * call of the fake.
 */
@SuppressWarnings("MustBeClosed") // closed in close()
final class DeferredOperations implements RowOperations {
  private final RowOperations operations;
  private final DeviceStream host;
  private final FakeBackend networks;
  private final Function<DeviceBuffer, DeviceBuffer> toHost;

  /** Operations; {@code toHost} gives the memory behind a buffer. */
  DeferredOperations(FakeBackend networks, Function<DeviceBuffer, DeviceBuffer> toHost) {
    Device processor = networks.devices().getFirst();
    this.operations = HostRowOperations.open(processor);
    this.host = networks.openStream(processor);
    this.networks = networks;
    this.toHost = toHost;
  }

  private DeviceBuffer toHost(DeviceBuffer buffer) {
    return toHost.apply(buffer);
  }

  private @Nullable DeviceBuffer toHostOrNull(@Nullable DeviceBuffer buffer) {
    return buffer == null ? null : toHost(buffer);
  }

  private @Nullable Tensor hostedOrNull(@Nullable Tensor tensor) {
    return tensor == null ? null : hosted(tensor);
  }

  private Tensor hosted(Tensor tensor) {
    return new Tensor(toHost(tensor.buffer()), tensor.dataType());
  }

  private void defer(DeviceStream stream, Runnable piece) {
    ((DeferredStream) stream)
        .enqueue(
            () -> {
              networks.called();
              piece.run();
            });
  }

  @Override
  public void gather(DeviceStream stream, List<Row> rows, Inputs to) {
    var from =
        rows.stream()
            .map(
                row ->
                    new Row(
                        toHost(row.latents()),
                        row.inputScale(),
                        row.timestep(),
                        toHostOrNull(row.text()),
                        toHostOrNull(row.mask())))
            .toList();
    var inputs =
        new Inputs(
            to.rows(),
            hosted(to.sample()),
            hostedOrNull(to.timestep()),
            hostedOrNull(to.text()),
            hostedOrNull(to.mask()));
    defer(stream, () -> operations.gather(host, from, inputs));
  }

  @Override
  public void scatter(DeviceStream stream, List<Transfer> tensors, int[] rowOf) {
    var moved =
        tensors.stream()
            .map(
                tensor ->
                    new Transfer(
                        toHostOrNull(tensor.from()), toHost(tensor.to()), tensor.rowBytes()))
            .toList();
    int[] rows = rowOf.clone();
    defer(stream, () -> operations.scatter(host, moved, rows));
  }

  @Override
  public void update(DeviceStream stream, List<Update> images, Tensor outputs) {
    var moved =
        images.stream()
            .map(
                image ->
                    new Update(
                        toHost(image.latents()),
                        toHost(image.history()),
                        image.conditional(),
                        image.unconditional(),
                        image.guidanceScale(),
                        image.step(),
                        image.seed(),
                        image.number()))
            .toList();
    Tensor from = hosted(outputs);
    defer(stream, () -> operations.update(host, moved, from));
  }

  @Override
  public void restore(DeviceStream stream, List<KnownPart> parts) {
    var moved =
        parts.stream()
            .map(
                part ->
                    new KnownPart(
                        toHost(part.latents()),
                        toHost(part.known()),
                        toHost(part.noise()),
                        toHost(part.redrawn()),
                        part.ofImage(),
                        part.ofNoise()))
            .toList();
    defer(stream, () -> operations.restore(host, moved));
  }

  @Override
  public void normal(DeviceStream stream, long seed, long image, int step, DeviceBuffer target) {
    DeviceBuffer to = toHost(target);
    defer(stream, () -> operations.normal(host, seed, image, step, to));
  }

  @Override
  public void grey(DeviceStream stream, Tensor samples, int channels, List<Picture> pictures) {
    var made =
        pictures.stream()
            .map(
                picture ->
                    new Picture(
                        picture.row(),
                        picture.dataType(),
                        toHost(picture.pixels()),
                        toHost(picture.notFinite())))
            .toList();
    Tensor from = hosted(samples);
    defer(stream, () -> operations.grey(host, from, channels, made));
  }

  @Override
  public void close() {
    operations.close();
    host.close();
  }
}
