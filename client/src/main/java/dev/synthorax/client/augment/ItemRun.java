package dev.synthorax.client.augment;

import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.generation.GenerationEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the images of a job that are not there, in any order; then, in the order of ids, makes
 * duplicates again.
 *
 * <p><b>Threading:</b> one run, which blocks its caller.
 */
final class ItemRun {
  private final AugmentPlan plan;
  private final List<ArmItems> arms;
  private final WorkItems items;
  private final GenerationEngine engine;
  private final @Nullable ImageServer server;
  private final AugmentListener listener;
  private final Skips skips;
  private final Map<String, String> pixels = new ConcurrentHashMap<>(); // hashes by id
  private final AtomicInteger reused = new AtomicInteger();
  private final AtomicInteger redone = new AtomicInteger();

  /**
   * @param engine of all images of the arms
   * @param server null: no arm needs one
   */
  ItemRun(
      AugmentPlan plan,
      List<ArmItems> arms,
      WorkItems items,
      GenerationEngine engine,
      @Nullable ImageServer server,
      AugmentListener listener) {
    this.plan = plan;
    this.arms = arms;
    this.items = items;
    this.engine = engine;
    this.server = server;
    this.listener = listener;
    this.skips = new Skips(plan);
  }

  /** Returns the images that could not be made. */
  Skips skips() {
    return skips;
  }

  /** Returns how many images were there and were kept. */
  int reused() {
    return reused.get();
  }

  /** Returns how many images were there and were made again, since their description changed. */
  int redone() {
    return redone.get();
  }

  /**
   * Makes all.
   *
   * @param concurrency images under way at once
   * @throws IOException if more images cannot be made than the plan allows, or a file be written
   */
  void run(int concurrency) throws IOException, InterruptedException {
    engine.run(arms.stream().mapToInt(ArmItems::size).sum(), concurrency, this::one);
    if (plan.filters().duplicates()) {
      remakeDuplicates();
    }
  }

  private void one(int index) throws IOException {
    int left = index;
    for (ArmItems arm : arms) {
      if (left < arm.size()) {
        one(arm, arm.item(left + 1));
        return;
      }
      left -= arm.size();
    }
    throw new IndexOutOfBoundsException(index);
  }

  private void one(ArmItems arm, AugmentItem item) throws IOException {
    StoredImage image = items.load(item);
    boolean there = image != null;
    if (image == null) {
      try {
        Draft draft = draft(item);
        StoredImage before = items.ofAnotherPlan(item);
        image = before == null ? null : draft.keep(before, EntryFiles.of(plan.format()));
        there = image != null;
        if (image == null) {
          image = draft.make(List.of());
          redone.addAndGet(before == null ? 0 : 1);
        }
        items.store(item, image);
      } catch (UnmadeException e) {
        skips.add(item, e, arm.size());
        listener.skipped(item.id(), String.valueOf(e.getMessage()));
        engine.leftOut();
        return;
      }
    }
    reused.addAndGet(there ? 1 : 0);
    pixels.put(item.id(), image.pixels());
    engine.made(item.id(), "", there);
  }

  /** Works out what an image is made from. */
  private Draft draft(AugmentItem item) throws UnmadeException {
    if (item.arm().kind() == ArmKind.CLASSICAL) {
      return ClassicalDraft.of(plan, item);
    }
    if (server == null) {
      throw new IllegalStateException("no server for " + item.id());
    }
    return GeneratedDraft.of(plan, item, server);
  }

  /**
   * Makes generated images anew that have the pixels of one before them in the order of ids. What
   * is before an image is final when its turn comes, so the outcome does not depend on the order in
   * which images were made, nor on where an earlier run was stopped.
   */
  private void remakeDuplicates() throws IOException {
    Map<String, String> seen = new HashMap<>();
    for (ArmItems arm : DatasetPass.inOrder(arms)) {
      for (int position = 1; arm.arm().kind().usesServer() && position <= arm.size(); position++) {
        String id = AugmentItem.id(arm.arm(), position);
        String known = pixels.get(id);
        String first = known == null ? null : seen.putIfAbsent(known, id);
        if (first != null) {
          remake(arm, arm.item(position), first, seen);
        }
      }
    }
  }

  private void remake(ArmItems arm, AugmentItem item, String first, Map<String, String> seen)
      throws IOException {
    StoredImage image = DatasetPass.require(items.load(item), item);
    String same = first;
    try {
      Draft draft = draft(item);
      while (same != null) {
        String reason = Rejected.duplicateOf(same);
        listener.rejected(item.id(), reason);
        List<Rejected> rejected = new ArrayList<>(image.entry().rejections());
        rejected.add(image.entry().rejectedAs(reason));
        image = draft.make(rejected);
        same = seen.putIfAbsent(image.pixels(), item.id());
      }
    } catch (UnmadeException e) {
      skips.add(item, e, arm.size());
      listener.skipped(item.id(), String.valueOf(e.getMessage()));
      return;
    }
    items.store(item, image);
  }
}
