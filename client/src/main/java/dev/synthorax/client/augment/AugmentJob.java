package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.augment.AugmentEntry.Rejected;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plan with its source, ready to be run, stopped anywhere and run again: the same plan and the
 * same pixels from the servers give the same bytes.
 *
 * <p>Every image is made by itself and kept as soon as it is finished, in any order; memory holds
 * as many as are under way. When all are there, duplicates are made again in the order of ids, and
 * one pass in that order writes the datasets.
 *
 * <p><b>Threading:</b> one run at a time; blocks its caller.
 */
public final class AugmentJob {
  private static final String LAYOUT = "1"; // another number: images of earlier versions are no use

  /** Lets enums be written as in plans. */
  private interface Word {
    @JsonValue
    String wireName();
  }

  private static final JsonMapper PLAN_JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .addMixIn(ArmKind.class, Word.class)
          .addMixIn(DatasetFormat.class, Word.class)
          .addMixIn(Structure.class, Word.class)
          .build();

  private final AugmentPlan plan;
  private final @Nullable SourceImages source;
  private final List<ArmItems> arms;
  private final String planHash;

  private AugmentJob(
      AugmentPlan plan, @Nullable SourceImages source, List<ArmItems> arms, String planHash) {
    this.plan = plan;
    this.source = source;
    this.arms = arms;
    this.planHash = planHash;
  }

  /**
   * Works out every image of a plan, without pixels and without a server.
   *
   * @param source the plan's source; null where it has none
   * @throws PlanException if an arm cannot be made of the source; one line that names the arm
   */
  public static AugmentJob of(AugmentPlan plan, @Nullable SourceImages source) {
    requireNonNull(plan, "plan");
    List<ArmItems> arms =
        IntStream.range(0, plan.arms().size())
            .mapToObj(index -> new ArmItems(plan, index, source))
            .toList();
    String json = LAYOUT + "\n" + json(plan);
    return new AugmentJob(
        plan, source, arms, Sha256.of(json.getBytes(StandardCharsets.UTF_8)).substring(0, 16));
  }

  private static String json(AugmentPlan plan) {
    try {
      return PLAN_JSON.writeValueAsString(plan);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan has no JSON form", e);
    }
  }

  /** Returns a name that another plan, or another source, does not have. */
  public String name() {
    return Sha256.of((planHash + sourceHash()).getBytes(StandardCharsets.UTF_8)).substring(0, 16);
  }

  String planHash() {
    return planHash;
  }

  String sourceHash() {
    return source == null ? "" : source.fingerprint();
  }

  AugmentPlan plan() {
    return plan;
  }

  @Nullable SourceImages source() {
    return source;
  }

  List<ArmItems> arms() {
    return arms;
  }

  /** Returns the plan with its defaults filled in, as JSON with a line end. */
  String planJson() {
    try {
      return PLAN_JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan has no JSON form", e);
    }
  }

  /** Returns the number of images to make. */
  public int size() {
    return arms.stream().mapToInt(ArmItems::size).sum();
  }

  /**
   * Makes what is missing, and the datasets.
   *
   * @param folder opened for this job
   * @param client of one server or several; null where no arm needs one
   * @param concurrency images under way at once, at least 1; the result is the same for any
   * @throws PlanException if the plan does not suit the model, or the format cannot hold an arm
   * @throws IOException if an image cannot be made or a file written; what is finished stays
   * @throws SynthoraxException if the servers fail for longer than the client tries
   * @throws InterruptedException if the calling thread is interrupted
   */
  public AugmentOutcome run(
      WorkFolder folder,
      @Nullable SynthoraxClient client,
      int concurrency,
      AugmentListener listener)
      throws IOException, InterruptedException {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency: " + concurrency + " (expected: >= 1)");
    }
    GenerationModel model = null;
    if (client != null) {
      model = GenerationModel.agree(client, plan, listener::warned);
      folder.requireModel(model.name(), model.version());
    }
    ItemMaker maker = new ItemMaker(plan, client, model, listener);
    DatasetPass pass = new DatasetPass(this, folder, maker, listener);
    pass.rehearse(model);
    Map<String, String> hashes = new ConcurrentHashMap<>();
    int reused = makeAll(folder, maker, concurrency, listener, hashes);
    if (plan.filters().duplicates()) {
      remakeDuplicates(folder, maker, listener, hashes);
    }
    return pass.write(
        Math.min(concurrency, Runtime.getRuntime().availableProcessors()),
        reused,
        model == null ? "" : model.name() + " " + model.version());
  }

  private int makeAll(
      WorkFolder folder,
      ItemMaker maker,
      int concurrency,
      AugmentListener listener,
      Map<String, String> hashes)
      throws IOException, InterruptedException {
    int total = size();
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger reused = new AtomicInteger();
    ExecutorService workers =
        Executors.newFixedThreadPool(
            concurrency, Thread.ofPlatform().name("augment-", 1).factory());
    try {
      ExecutorCompletionService<Boolean> ended = new ExecutorCompletionService<>(workers);
      for (int i = 0; i < concurrency; i++) {
        var _ =
            ended.submit(
                () -> {
                  for (int k = next.getAndIncrement();
                      k < total && !Thread.currentThread().isInterrupted();
                      k = next.getAndIncrement()) {
                    AugmentItem item = item(k);
                    StoredImage image = folder.load(item);
                    boolean there = image != null;
                    if (image == null) {
                      image = maker.make(item, List.of());
                      folder.store(item, image);
                    } else {
                      reused.incrementAndGet();
                    }
                    hashes.put(item.id(), image.entry().imageSha256());
                    listener.made(item.id(), done.incrementAndGet(), total, there);
                  }
                  return true;
                });
      }
      for (int i = 0; i < concurrency; i++) {
        var _ = ended.take().get(); // the first failure ends the run
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      workers.shutdownNow();
      workers.close(); // nothing of this run is written after it has ended
    }
    return reused.get();
  }

  private static IOException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException io -> io;
      case RuntimeException broken -> throw broken;
      case Error error -> throw error;
      case null, default -> new IOException(String.valueOf(e.getMessage()), e);
    };
  }

  private AugmentItem item(int index) {
    int left = index;
    for (ArmItems arm : arms) {
      if (left < arm.size()) {
        return arm.item(left + 1);
      }
      left -= arm.size();
    }
    throw new IndexOutOfBoundsException(index);
  }

  /**
   * Makes generated images anew that have the pixels of one before them in the order of ids. What
   * is before an image is final when its turn comes, so the outcome does not depend on the order in
   * which images were made, nor on where an earlier run was stopped.
   */
  private void remakeDuplicates(
      WorkFolder folder, ItemMaker maker, AugmentListener listener, Map<String, String> hashes)
      throws IOException {
    Map<String, String> seen = new HashMap<>();
    for (ArmItems arm : DatasetPass.inOrder(arms)) {
      for (int position = 1; arm.arm().kind().usesServer() && position <= arm.size(); position++) {
        String id = AugmentItem.id(arm.arm(), position);
        String first = seen.putIfAbsent(requireNonNull(hashes.get(id)), id);
        if (first == null) {
          continue;
        }
        AugmentItem item = arm.item(position);
        StoredImage image = DatasetPass.require(folder.load(item), item);
        while (first != null) {
          String reason = "duplicate of " + first + " (expected: other pixels)";
          listener.rejected(id, reason);
          List<Rejected> rejected = new ArrayList<>(image.entry().rejections());
          rejected.add(new Rejected(requireNonNull(image.entry().seed()), reason));
          image = maker.make(item, rejected);
          first = seen.putIfAbsent(image.entry().imageSha256(), id);
        }
        folder.store(item, image);
      }
    }
  }
}
