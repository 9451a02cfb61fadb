package dev.synthorax.client.augment;

import dev.synthorax.client.augment.AugmentOutcome.Skipped;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.dataset.DatasetImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The images of a job that cannot be made. Which they are depends on plan, source and pixels alone,
 * so every run finds the same.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Skips {
  private final AugmentPlan plan;
  private final Map<String, Skipped> byId = new ConcurrentSkipListMap<>();

  Skips(AugmentPlan plan) {
    this.plan = plan;
  }

  /**
   * Leaves an image out.
   *
   * @param images of its arm
   * @throws IOException if the arm then has more of them than the plan allows
   */
  void add(AugmentItem item, UnmadeException failure, int images) throws IOException {
    String reason = String.valueOf(failure.getMessage());
    DatasetImage parent = item.parent();
    String arm = item.arm().name();
    byId.put(
        item.id(), new Skipped(item.id(), arm, parent == null ? null : parent.info().id(), reason));
    long skipped = byId.values().stream().filter(one -> one.arm().equals(arm)).count();
    int most = plan.mostSkipped(images);
    if (skipped > most) {
      throw new IOException(
          reason
              + "; "
              + skipped
              + " of "
              + images
              + " images of arm "
              + arm
              + " cannot be made (expected: at most "
              + most
              + ", by max-skipped); --check names them all",
          failure);
    }
  }

  boolean contains(String id) {
    return byId.containsKey(id);
  }

  /** Returns those of one arm, in order of id. */
  List<Skipped> of(String arm) {
    return byId.values().stream().filter(one -> one.arm().equals(arm)).toList();
  }
}
