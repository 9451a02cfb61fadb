package dev.synthorax.server.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The step loops of one model, one for each of its instances: which gets an image, and when images
 * will be done over all of them.
 *
 * <p><b>Ownership:</b> borrows the forecasts. <b>Threading:</b> any thread; nothing blocks.
 */
public final class Forecasts {
  private final List<Forecast> all;
  private final Set<Integer> lost = ConcurrentHashMap.newKeySet();

  /**
   * Of these instances.
   *
   * @param all one for each instance, in their order; at least one
   */
  public Forecasts(List<Forecast> all) {
    this.all = List.copyOf(all);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("forecasts: none (expected: one for each instance)");
    }
  }

  /** Images of a request that one instance gets, and what awaits them there. */
  private record Part(Forecast forecast, List<Trajectory> images, Forecast.Outlook outlook) {}

  /** What awaits a request, over the instances that its images go to. */
  record Outlook(int imagesAhead, Duration eta, List<Part> parts) {}

  /** An instance makes no more images; nothing goes there while another is left. */
  public void lose(int instance) {
    lost.add(instance);
  }

  /** Assigns the images of a request and says what would await them. */
  Outlook outlook(List<Trajectory> request) {
    int[] left = IntStream.range(0, all.size()).filter(i -> !lost.contains(i)).toArray();
    if (left.length > 1) {
      spread(request, left);
    } else {
      int only = left.length == 0 ? 0 : left[0];
      request.forEach(image -> image.assign(only));
    }
    var parts = new ArrayList<Part>();
    int ahead = Integer.MAX_VALUE;
    Duration eta = Duration.ZERO;
    for (int instance = 0; instance < all.size(); instance++) {
      List<Trajectory> images = of(request, instance);
      if (!images.isEmpty()) {
        Forecast forecast = all.get(instance);
        Forecast.Outlook outlook = forecast.outlook(images);
        parts.add(new Part(forecast, images, outlook));
        ahead = Math.min(ahead, outlook.imagesAhead());
        eta = eta.compareTo(outlook.eta()) > 0 ? eta : outlook.eta();
      }
    }
    return new Outlook(ahead, eta, parts);
  }

  /** Each image goes to the instance that has the least left to do. */
  private void spread(List<Trajectory> request, int[] left) {
    double[] busyNanos = new double[all.size()];
    Arrays.fill(busyNanos, Double.POSITIVE_INFINITY);
    for (int instance : left) {
      busyNanos[instance] = all.get(instance).busyNanos();
    }
    for (Trajectory image : request) {
      int least = 0;
      for (int instance = 1; instance < busyNanos.length; instance++) {
        least = busyNanos[instance] < busyNanos[least] ? instance : least;
      }
      image.assign(least);
      busyNanos[least] += all.get(least).shareNanos(image);
    }
  }

  private List<Trajectory> of(List<Trajectory> request, int instance) {
    return all.size() == 1
        ? request
        : request.stream().filter(image -> image.instance() == instance).toList();
  }

  /** Takes a request in, as it was told. */
  void add(Outlook outlook) {
    for (Part part : outlook.parts) {
      part.forecast.add(part.images, part.outlook);
    }
  }

  /** Takes an image out: decoded, or given up. */
  void remove(Trajectory image) {
    all.get(image.instance()).remove(image);
  }

  /** Images that are not decoded. */
  int waiting() {
    return all.stream().mapToInt(Forecast::waiting).sum();
  }

  /** Expected time until {@code count} images are done, or all of them where there are fewer. */
  Duration untilDone(int count) {
    double[] nanos =
        all.stream()
            .flatMapToDouble(forecast -> DoubleStream.of(forecast.untilDone(count)))
            .sorted()
            .limit(count)
            .toArray();
    return Duration.ofNanos(nanos.length == 0 ? 0 : (long) nanos[nanos.length - 1]);
  }

  /** Expected time until the last of these images is done; those that are done count as now. */
  Duration eta(Collection<Trajectory> images) {
    Duration longest = Duration.ZERO;
    for (Forecast forecast : all) {
      Duration eta = forecast.eta(images);
      longest = longest.compareTo(eta) > 0 ? longest : eta;
    }
    return longest;
  }
}
