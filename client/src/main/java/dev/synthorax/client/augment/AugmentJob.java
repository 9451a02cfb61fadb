package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.AugmentPlan;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.UnknownFindings;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.DatasetFormat;
import dev.synthorax.client.generation.GenerationEngine;
import dev.synthorax.client.storage.ContentHash;
import dev.synthorax.proto.v1.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
          .addMixIn(UnknownFindings.class, Word.class)
          .build();

  private final AugmentPlan plan;
  private final @Nullable SourceImages source;
  private final String name;

  private AugmentJob(AugmentPlan plan, @Nullable SourceImages source, String name) {
    this.plan = plan;
    this.source = source;
    this.name = name;
  }

  /**
   * Puts a plan and its source together.
   *
   * @param source the plan's source; null where it has none
   */
  public static AugmentJob of(AugmentPlan plan, @Nullable SourceImages source) {
    requireNonNull(plan, "plan");
    String words = json(plan) + (source == null ? "" : source.fingerprint());
    String hash = ContentHash.of(words.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    return new AugmentJob(plan, source, hash);
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
    return name;
  }

  AugmentPlan plan() {
    return plan;
  }

  @Nullable SourceImages source() {
    return source;
  }

  /**
   * Works out every image of the plan, without pixels and without a server.
   *
   * @param known what may be asked for
   * @param problems told of each arm that cannot be made of the source, which is left out
   */
  List<ArmItems> arms(KnownFindings known, Consumer<String> problems) {
    List<ArmItems> arms = new ArrayList<>();
    for (int i = 0; i < plan.arms().size(); i++) {
      try {
        arms.add(new ArmItems(plan, i, source, known));
      } catch (PlanException e) {
        problems.accept(String.valueOf(e.getMessage()));
      }
    }
    return arms;
  }

  /**
   * Returns the number of images to make.
   *
   * @throws PlanException if an arm cannot be made of the source; one line that names the arm
   */
  public int size() {
    List<String> problems = new ArrayList<>();
    List<ArmItems> arms = arms(KnownFindings.ALL, problems::add);
    requireNone(problems);
    return arms.stream().mapToInt(ArmItems::size).sum();
  }

  private static void requireNone(List<String> problems) {
    int found = problems.size();
    if (found > 0) {
      throw new PlanException(
          problems.getFirst()
              + (found == 1 ? "" : "; --check tells of all " + found + " problems"));
    }
  }

  /** Returns the plan with its defaults filled in, as JSON with a line end. */
  String planJson() {
    try {
      return PLAN_JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan has no JSON form", e);
    }
  }

  /**
   * Makes what is missing, and the datasets.
   *
   * @param folder opened for this job
   * @param client of one server or several; null where no arm needs one
   * @param concurrency images under way at once, at least 1; the result is the same for any
   * @throws PlanException if the plan does not suit the model, or the format cannot hold an arm
   * @throws IOException if an image cannot be made or a file written, or the disk has no room; what
   *     is finished stays
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
    List<String> problems = new ArrayList<>();
    GenerationModel model = null;
    if (client != null) {
      Model found = GenerationModel.agree(client, plan.generation().model(), listener::warned);
      model = GenerationModel.of(found, plan, problems::add);
      requireNone(problems);
      folder.requireModel(model.name(), model.version());
    }
    List<ArmItems> arms = arms(model == null ? KnownFindings.ALL : model.findings(), problems::add);
    requireNone(problems);
    Rehearsal rehearsal =
        new Rehearsal(this, arms, model, folder.dataset(), problems::add, listener::warned);
    Room room = rehearsal.first();
    rehearsal.files();
    requireNone(problems);
    String full = room.problem(folder.finished());
    if (full != null) { // the plan is well
      throw new IOException(full);
    }
    int images = arms.stream().mapToInt(ArmItems::size).sum();
    GenerationEngine engine = new GenerationEngine(client, images, listener);
    ImageServer server = model == null ? null : new ImageServer(engine, model, listener);
    ItemRun run = new ItemRun(plan, arms, folder.items(), engine, server, listener);
    run.run(concurrency);
    int removed = removed(folder, arms);
    Path earlier = folder.earlier();
    DatasetPass pass = new DatasetPass(this, arms, folder, run.skips(), listener);
    DatasetPass.Written written =
        pass.write(Math.min(concurrency, Runtime.getRuntime().availableProcessors()));
    if (source != null) {
      source.oddities().forEach(listener::warned);
    }
    int made = written.arms().stream().mapToInt(AugmentOutcome.ArmOutcome::made).sum();
    return new AugmentOutcome(
        folder.dataset(),
        written.arms(),
        new AugmentOutcome.Counts(made, run.reused(), run.redone(), removed, written.rejected()),
        pass.skipped(),
        earlier,
        model == null ? "" : model.name() + " " + model.version());
  }

  /**
   * Goes through the plan without making anything: asks the servers for their model, reads all that
   * images are made from, transforms all masks, writes blank images in the format.
   *
   * @param folder where the work would be
   * @param client null: no arm needs one, or there is none
   * @param threads that read, at least 1
   * @param listener told how far it is
   */
  public CheckReport check(
      Path folder, @Nullable SynthoraxClient client, int threads, AugmentListener listener)
      throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>(source == null ? List.of() : source.warnings());
    GenerationModel model = null;
    try {
      WorkFolder.requireUsable(folder, this);
      if (client != null) {
        Model found = GenerationModel.agree(client, plan.generation().model(), warnings::add);
        model = GenerationModel.of(found, plan, problems::add);
      }
    } catch (PlanException | SynthoraxException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (model == null && plan.usesServer()) {
      warnings.add("findings, formats and masks of generated images wait for a server");
    }
    List<ArmItems> arms = arms(model == null ? KnownFindings.ALL : model.findings(), problems::add);
    Rehearsal rehearsal = new Rehearsal(this, arms, model, folder, problems::add, warnings::add);
    Room room = rehearsal.first();
    String full = room.problem(WorkFolder.finished(folder));
    if (full != null) {
      problems.add(full);
    }
    rehearsal.every(threads, listener::rehearsed);
    if (source != null) {
      warnings.addAll(source.oddities());
    }
    return new CheckReport(
        rehearsal.arms(),
        arms.stream().filter(arm -> arm.arm().kind().usesServer()).mapToInt(ArmItems::size).sum(),
        model == null ? "" : model.name() + " " + model.version(),
        room.atWork(),
        room.atEnd(),
        room.usable(),
        rehearsal.redrawn(),
        problems,
        warnings);
  }

  /** Returns how many images are there that are not in the plan. */
  private static int removed(WorkFolder folder, List<ArmItems> arms) throws IOException {
    Set<String> names = folder.items().names();
    for (ArmItems arm : arms) {
      for (int position = 1; position <= arm.size(); position++) {
        names.remove(AugmentItem.id(arm.arm(), position));
      }
    }
    return names.size();
  }
}
