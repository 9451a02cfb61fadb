package dev.synthorax.server.reading;

import static java.util.Objects.requireNonNull;

import dev.synthorax.server.config.MemoryConfig;
import dev.synthorax.server.repository.ModelRepository;
import dev.synthorax.server.scheduler.ByteBudget;
import io.grpc.BindableService;
import java.util.List;

/**
 * {@code synthorax.v1.SegmentationService} and {@code ClassificationService}.
 *
 * <p><b>Ownership:</b> owns the threads that decode images and write answers; borrows the models.
 *
 * <p><b>Threading:</b> any thread; closed after the edges have stopped and before the models.
 */
public final class ReadingServices implements AutoCloseable {
  private static final int MAX_THREADS = 8;

  private final Workshop workshop;
  private final ByteBudget budget;
  private final List<BindableService> services;

  /**
   * Services over the models of a repository.
   *
   * @param limits of what requests may hold
   */
  public ReadingServices(ModelRepository models, MemoryConfig limits) {
    this(
        new Readers(requireNonNull(models, "models"))::acquire,
        limits,
        Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MAX_THREADS));
  }

  ReadingServices(Readers.Source readers, MemoryConfig limits, int threads) {
    workshop = new Workshop(threads);
    budget = new ByteBudget(limits.maxMaskBytes());
    var needs = new ReadingCall.Needs(readers, workshop, budget);
    services = List.of(new SegmentationRpc(needs), new ClassificationRpc(needs));
  }

  /** What an edge serves. */
  public List<BindableService> services() {
    return services;
  }

  /** Bytes of images that are read and of answers that are not on their way. */
  public long heldBytes() {
    return budget.taken();
  }

  /** Fails what waits, and waits for what runs. */
  @Override
  public void close() {
    workshop.close();
  }
}
