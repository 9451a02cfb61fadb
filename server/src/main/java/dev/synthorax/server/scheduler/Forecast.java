package dev.synthorax.server.scheduler;

import static java.util.Objects.requireNonNull;

import dev.synthorax.engine.InferenceException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * When waiting images will be done. The loop is played forward now and then, on a thread of its
 * own; who asks reads the last {@link Timeline}, corrected for the time since and for images that
 * came since. While few images wait it is played anew whenever something changed, by who asks.
 *
 * <p>Images that come later, and share or go first, are not foreseen.
 *
 * <p><b>Ownership:</b> owns its thread.
 *
 * <p><b>Threading:</b> any thread; only playing forward takes a lock, and nobody waits for it.
 */
public final class Forecast implements AutoCloseable {
  private static final long STALE_NANOS = 50_000_000;

  /** Of the time, at most one part in so many is spent playing forward. */
  private static final long PARTS = 100;

  private final RowCounts rowCounts;
  private final StepCost cost;
  private final LongSupplier nanoClock;
  private final Set<Trajectory> waiting = ConcurrentHashMap.newKeySet();
  private final Queue<Recent> recent = new ConcurrentLinkedQueue<>(); // not in the timeline
  private final AtomicLong admissions = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock playing = new ReentrantLock();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final Stage<Forecast> stage;
  private volatile Played played;

  /** A request by one of its images, and the rows of all its steps. */
  private record Recent(Trajectory image, long rowSteps) {}

  /** A timeline, when it was made and of what. */
  private record Played(Timeline timeline, long atNanos, long changes, long tookNanos) {}

  /**
   * What awaits a request.
   *
   * @param imagesAhead images that are done before its first
   * @param eta expected time until its last image
   * @param played whether the timeline has it already
   */
  record Outlook(int imagesAhead, Duration eta, boolean played) {}

  private static final class Player implements Stage.Worker<Forecast> {
    @Override
    public boolean work(List<Forecast> arrived) {
      arrived.forEach(Forecast::play);
      return false;
    }

    @Override
    public void fail(Forecast forecast, RuntimeException failure) {
      forecast.asked.set(false); // the last timeline stands
    }
  }

  /**
   * A forecast of an empty loop, whose thread does not run yet.
   *
   * @param name of its thread
   * @param broken see {@link Stage}
   */
  public Forecast(
      String name,
      RowCounts rowCounts,
      StepCost cost,
      LongSupplier nanoClock,
      Consumer<InferenceException> broken) {
    this.rowCounts = requireNonNull(rowCounts, "rowCounts");
    this.cost = requireNonNull(cost, "cost");
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    this.stage = new Stage<>(name, 1, 1, new Player(), broken);
    this.played = played(new Waiting[0], 0);
  }

  private Played played(Waiting[] images, long seen) {
    long nowNanos = nanoClock.getAsLong();
    var timeline = Timeline.of(images, new StepPrices(rowCounts, cost), nowNanos);
    return new Played(timeline, nowNanos, seen, nanoClock.getAsLong() - nowNanos);
  }

  /** Starts its thread. */
  public void start() {
    stage.start();
  }

  /** Plays forward from here. */
  void play() {
    playing.lock();
    try {
      asked.set(false);
      play(List.of());
    } finally {
      playing.unlock();
    }
  }

  /** Plays forward as if {@code request} were in too. */
  private Played play(List<Trajectory> request) {
    long seen = changes.get();
    recent.clear();
    Waiting[] images =
        Stream.concat(waiting.stream().map(Waiting::of), request.stream().map(Waiting::asking))
            .toArray(Waiting[]::new);
    Played latest = played(images, seen);
    for (int place = 0; place < images.length; place++) {
      expect(latest.timeline.image(place), latest.atNanos, latest.timeline.end(place));
    }
    played = latest;
    return latest;
  }

  private static void expect(Trajectory image, long fromNanos, double nanos) {
    image.expect(fromNanos + (long) nanos);
  }

  /** The latest timeline: a new one where that is cheap, else one that is soon replaced. */
  private Played latest() {
    if (waiting.size() > Timeline.FEW) {
      refresh();
    } else if (played.changes != changes.get() && playing.tryLock()) {
      try {
        return play(List.of());
      } finally {
        playing.unlock();
      }
    }
    return played;
  }

  /** Has its thread play forward if it is time to. */
  void refresh() {
    Played last = played;
    long age = nanoClock.getAsLong() - last.atNanos;
    boolean stale = age > Math.max(STALE_NANOS, PARTS * last.tookNanos);
    if (stale && last.timeline.size() + waiting.size() > 0 && asked.compareAndSet(false, true)) {
      stage.submit(this);
    }
  }

  /** What would await a request that comes now; its images are alike but for their seeds. */
  Outlook outlook(List<Trajectory> request) {
    for (Trajectory image : request) {
      image.number(admissions.incrementAndGet());
    }
    if (waiting.size() + request.size() <= Timeline.FEW && playing.tryLock()) {
      try {
        return exact(play(request).timeline, request);
      } finally {
        changes.incrementAndGet(); // the request may not come in after all
        playing.unlock();
      }
    }
    refresh();
    return estimated(request.getFirst(), request.size());
  }

  private static Outlook exact(Timeline timeline, List<Trajectory> request) {
    Set<Trajectory> own = new HashSet<>(request);
    double first = Double.POSITIVE_INFINITY;
    double last = 0;
    for (int place = 0; place < timeline.size(); place++) {
      if (own.contains(timeline.image(place))) {
        first = Math.min(first, timeline.end(place));
        last = Math.max(last, timeline.end(place));
      }
    }
    return new Outlook(timeline.doneBefore(first), Duration.ofNanos((long) last), true);
  }

  private Outlook estimated(Trajectory first, int count) {
    Played now = played;
    Waiting newcomer = Waiting.of(first);
    long ownRowSteps = count * newcomer.rowSteps();
    double rowSteps = 0;
    for (Recent other : recent) { // as much as itself of its class, all of a higher one
      int higher = other.image.priority().compareTo(first.priority());
      long most = higher > 0 ? other.rowSteps : Math.min(other.rowSteps, ownRowSteps);
      rowSteps += higher < 0 ? 0 : most;
    }
    double nanos =
        Math.max(0, now.timeline.end(newcomer, count) - age(now))
            + now.timeline.fullNanos(rowSteps);
    int ahead = now.timeline.doneBefore(now.timeline.firstEnd(newcomer, count));
    return new Outlook(ahead, Duration.ofNanos((long) nanos), false);
  }

  /** Takes a request in, as it was told. */
  void add(List<Trajectory> request, Outlook outlook) {
    long nowNanos = nanoClock.getAsLong();
    long rowSteps = 0;
    for (Trajectory image : request) {
      waiting.add(image);
      rowSteps += Waiting.of(image).rowSteps();
      if (!outlook.played) {
        expect(image, nowNanos, (double) outlook.eta.toNanos());
      }
    }
    if (!outlook.played) {
      recent.add(new Recent(request.getFirst(), rowSteps));
    }
    changes.incrementAndGet();
  }

  /** Takes an image out: decoded, or given up. */
  void remove(Trajectory image) {
    if (waiting.remove(image)) {
      changes.incrementAndGet();
    }
  }

  /** Images that are not decoded. */
  int waiting() {
    return waiting.size();
  }

  /** Expected times until the first {@code count} images are done, or all; ascending. */
  double[] untilDone(int count) {
    Played now = latest();
    long age = age(now);
    double[] nanos = now.timeline.ends(count);
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = Math.max(0, nanos[i] - age);
    }
    return nanos;
  }

  private long age(Played timeline) {
    return nanoClock.getAsLong() - timeline.atNanos;
  }

  /** Expected time until nothing is left to do. */
  double busyNanos() {
    Played now = latest();
    double rowSteps = 0;
    for (Recent request : recent) {
      rowSteps += request.rowSteps;
    }
    return Math.max(0, now.timeline.end() - age(now)) + now.timeline.fullNanos(rowSteps);
  }

  /** What an image adds to a loop with much to do. */
  double shareNanos(Trajectory image) {
    return played.timeline.fullNanos((double) image.rows() * image.remainingSteps());
  }

  /** Expected time until the last of these images is done; those that are done count as now. */
  Duration eta(Collection<Trajectory> images) {
    refresh();
    long nowNanos = nanoClock.getAsLong();
    long longest = 0;
    for (Trajectory image : images) {
      if (waiting.contains(image)) {
        longest = Math.max(longest, image.expectedNanos() - nowNanos);
      }
    }
    return Duration.ofNanos(longest);
  }

  @Override
  public void close() {
    stage.close();
  }
}
