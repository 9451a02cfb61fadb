package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The images that were let in and are not sent: their number and bytes are bounded, and since the
 * cost of a step is known, so is when each will be done.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public final class AdmissionQueue {
  /** A forecast may be off by so much: a request is late only if it is later than that. */
  private static final double TOLERANCE = 0.1;

  /** Spread of retry delays, beside a quarter of the delay itself. */
  private static final long SPREAD_NANOS = 100_000_000;

  private final int maxImages;
  private final ByteBudget budget;
  private final Forecasts forecasts;
  private final LongSupplier nanoClock;
  private final RandomGenerator random;
  private final AtomicInteger images = new AtomicInteger();
  private final Map<Trajectory, Seat> seats = new ConcurrentHashMap<>();
  private final LongAdder admitted = new LongAdder();
  private final LongAdder full = new LongAdder();
  private final LongAdder noMemory = new LongAdder();
  private final LongAdder late = new LongAdder();

  /** What an image holds. */
  private record Seat(long bytes, boolean finished) {}

  /**
   * An empty queue.
   *
   * @param maxImages most images that may be in; at least 1
   * @param budget of bytes, shared with other queues
   * @param random spreads retry delays; used by one thread at a time
   */
  public AdmissionQueue(
      int maxImages,
      ByteBudget budget,
      Forecasts forecasts,
      LongSupplier nanoClock,
      RandomGenerator random) {
    if (maxImages < 1) {
      throw new IllegalArgumentException("maxImages: " + maxImages + " (expected: >= 1)");
    }
    this.maxImages = maxImages;
    this.budget = requireNonNull(budget, "budget");
    this.forecasts = requireNonNull(forecasts, "forecasts");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    this.random = requireNonNull(random, "random");
  }

  /**
   * Lets all images of a request in, or none.
   *
   * @param request at least one image, all alike but for their seeds
   * @param bytesPerImage most bytes that an encoded image takes
   * @throws InferenceException {@code TOO_LARGE} if there is no room even where nothing waits
   */
  public Admission admit(List<Trajectory> request, long bytesPerImage) {
    int count = request.size();
    long bytes = count * bytesPerImage;
    if (bytes > budget.limit()) {
      throw new InferenceException(
          ErrorReason.TOO_LARGE,
          "%d images of up to %d bytes each (expected: at most %d bytes together; ask for fewer)"
              .formatted(count, bytesPerImage, budget.limit()));
    }
    if (!takeSeats(count)) {
      int inside = images.get();
      full.add(count);
      return rejected(
          "%d images wait (expected: at most %d)".formatted(inside, maxImages),
          inside + count - maxImages);
    }
    boolean in = false;
    boolean paid = false;
    try {
      paid = budget.take(bytes);
      if (!paid) {
        noMemory.add(count);
        long missing = budget.taken() + bytes - budget.limit();
        return rejected(
            "%d bytes of images wait to be sent (expected: at most %d)"
                .formatted(budget.taken(), budget.limit()),
            (int) Math.min(count, missing / bytesPerImage + 1));
      }
      Forecasts.Outlook outlook = forecasts.outlook(request);
      Duration left = left(request.getFirst());
      if (outlook.eta().toNanos() > left.toNanos() * (1 + TOLERANCE)) {
        late.add(count);
        return new Admission.Late(outlook.eta(), left);
      }
      for (Trajectory image : request) {
        seats.put(image, new Seat(bytesPerImage, false));
      }
      forecasts.add(outlook);
      in = true;
      admitted.add(count);
      return new Admission.Queued(outlook.imagesAhead(), outlook.eta());
    } finally {
      if (!in) {
        leave(request, paid ? bytes : 0);
      }
    }
  }

  private boolean takeSeats(int count) {
    int before = images.get();
    while (before + count <= maxImages) {
      if (images.compareAndSet(before, before + count)) {
        return true;
      }
      before = images.get();
    }
    return false;
  }

  private void leave(List<Trajectory> request, long bytes) {
    for (Trajectory image : request) {
      seats.remove(image);
      forecasts.remove(image);
    }
    images.addAndGet(-request.size());
    budget.giveBack(bytes);
  }

  private Duration left(Trajectory image) {
    return image.hasDeadline()
        ? Duration.ofNanos(image.dueNanos() - nanoClock.getAsLong())
        : Duration.ofNanos(Long.MAX_VALUE);
  }

  private Admission rejected(String what, int tooMany) {
    Duration room = forecasts.untilDone(Math.max(1, tooMany));
    return new Admission.Rejected(what, room.plusNanos(spread(room)));
  }

  private long spread(Duration room) {
    synchronized (random) {
      return random.nextLong(SPREAD_NANOS + room.toNanos() / 4);
    }
  }

  /**
   * An image is made and encoded; it holds its place until it is sent.
   *
   * @param bytes that it takes
   */
  public void finished(Trajectory image, long bytes) {
    forecasts.remove(image);
    Seat seat = seats.get(image);
    if (seat != null && !seat.finished) {
      long held = Math.min(bytes, seat.bytes);
      if (seats.replace(image, seat, new Seat(held, true))) {
        budget.giveBack(seat.bytes - held);
      }
    }
  }

  /** Takes an image out that will not be made; does nothing for one that is finished. */
  public void withdraw(Trajectory image) {
    forecasts.remove(image);
    Seat seat = seats.get(image);
    if (seat != null && !seat.finished && seats.remove(image, seat)) {
      free(seat);
    }
  }

  /** Takes an image out, sent or of no use to anyone any more. */
  public void release(Trajectory image) {
    forecasts.remove(image);
    Seat seat = seats.remove(image);
    if (seat != null) {
      free(seat);
    }
  }

  private void free(Seat seat) {
    images.decrementAndGet();
    budget.giveBack(seat.bytes);
  }

  /** Expected time until the last of these images is done; those that are done count as now. */
  public Duration eta(Collection<Trajectory> request) {
    return forecasts.eta(request);
  }

  /** Images let in and not sent. */
  public int images() {
    return images.get();
  }

  /** Images let in and not finished. */
  public int unfinished() {
    return forecasts.waiting();
  }

  /** Whom it let in so far. */
  public AdmissionStatistics statistics() {
    return new AdmissionStatistics(
        admitted.sum(), full.sum(), noMemory.sum(), late.sum(), unfinished(), images());
  }
}
