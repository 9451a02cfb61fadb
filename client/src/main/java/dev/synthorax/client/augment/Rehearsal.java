package dev.synthorax.client.augment;

import dev.synthorax.client.augment.CheckReport.ArmCheck;
import dev.synthorax.client.augment.UnmadeException.Why;
import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.augment.plan.UnknownFindings;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.transform.TransformDraw;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Goes through a job without making anything, and tells what would stop it. */
final class Rehearsal {
  private static final int EXAMPLES = 3;

  private final AugmentJob job;
  private final List<ArmItems> arms;
  private final @Nullable GenerationModel model;
  private final Path dataset;
  private final Consumer<String> problems;
  private final Consumer<String> warnings;
  private final Map<String, Integer> unmade = new LinkedHashMap<>(); // by arm
  private int redrawn;

  /**
   * @param model null: no arm needs one, or none could be asked
   * @param dataset where it will be
   * @param problems told of what would stop the job, one line each
   * @param warnings told of what would not
   */
  Rehearsal(
      AugmentJob job,
      List<ArmItems> arms,
      @Nullable GenerationModel model,
      Path dataset,
      Consumer<String> problems,
      Consumer<String> warnings) {
    this.job = job;
    this.arms = arms;
    this.model = model;
    this.dataset = dataset;
    this.problems = problems;
    this.warnings = warnings;
  }

  /**
   * Does what takes no longer for a large plan than for a small one: findings and formats.
   *
   * @return the room that is needed
   */
  Room first() throws IOException {
    findings();
    for (ArmItems arm : arms) {
      try {
        FormatRehearsal.run(job, arm, model);
      } catch (PlanException e) {
        problems.accept(String.valueOf(e.getMessage()));
      }
    }
    return Room.of(job, arms, model, dataset);
  }

  /** Counts images that would be labelled with what the model does not know. */
  private void findings() {
    GenerationModel asked = model;
    if (asked == null || job.plan().arms().stream().noneMatch(arm -> arm.kind().usesText())) {
      return;
    }
    KnownFindings known = asked.findings();
    if (known.names().isEmpty()) {
      warnings.accept(
          asked.name() + " does not say which findings it knows; all labels are believed");
      return;
    }
    if (job.plan().unknownFindings() != UnknownFindings.STOP) {
      return; // none is asked for
    }
    Map<String, Integer> unknown = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    int images = 0;
    int total = 0;
    for (ArmItems arm : arms) {
      int before = images;
      for (int position = 1; arm.arm().kind().usesText() && position <= arm.size(); position++) {
        boolean any = false;
        for (Map.Entry<String, Label> label : arm.item(position).labels().entrySet()) {
          if (label.getValue() == Label.POSITIVE && !known.knows(label.getKey())) {
            unknown.merge(label.getKey(), 1, Integer::sum);
            any = true;
          }
        }
        images += any ? 1 : 0;
      }
      total += arm.arm().kind().usesText() ? arm.size() : 0;
      if (images > before) {
        names.add(arm.arm().name());
      }
    }
    if (images > 0) {
      problems.accept(
          images
              + " of "
              + total
              + " images with a prompt would be labelled with findings that "
              + asked.name()
              + " does not know: "
              + unknown.entrySet().stream()
                  .map(one -> one.getKey() + " (" + one.getValue() + ")")
                  .collect(Collectors.joining(", "))
              + "; arms "
              + String.join(", ", names)
              + " (expected: "
              + String.join(", ", known.names())
              + "; or unknown-findings: drop, or drop-items)");
    }
  }

  /** Looks for the files that images are made from, without reading them. */
  void files() {
    SourceImages source = job.source();
    if (source == null) {
      return;
    }
    Map<Integer, String> missing = new HashMap<>(); // by image of the source
    for (int i = 0; i < source.size(); i++) {
      Path file = source.training(i).missingFile();
      if (file != null) {
        missing.put(i, file + ": no such file");
      }
    }
    for (ArmItems arm : arms) {
      Map<Why, List<String>> failures = new EnumMap<>(Why.class);
      boolean reads = arm.arm().kind() == ArmKind.CLASSICAL || arm.arm().kind().usesMasks();
      for (int position = 1; reads && position <= arm.size(); position++) {
        String failure = missing.get(arm.parent(position));
        if (failure != null) {
          failures
              .computeIfAbsent(Why.UNREADABLE, _ -> new ArrayList<>())
              .add(AugmentItem.id(arm.arm(), position) + ": " + failure);
        }
      }
      tell(arm, failures);
    }
    if (arms.stream().anyMatch(arm -> arm.arm().includeSource())) {
      tellSource(source, List.copyOf(missing.values()));
    }
  }

  /**
   * Does what is done for each image before it is made: reads what it is made from, transforms its
   * masks; and reads the images of the source that are written as they are.
   *
   * @param threads that read
   * @param progress told of images done and to do
   */
  void every(int threads, Progress progress) throws IOException, InterruptedException {
    List<ArmItems> parents =
        arms.stream().filter(arm -> arm.size() > 0 && isRehearsed(arm)).toList();
    int total = parents.stream().mapToInt(ArmItems::size).sum();
    int[] done = {0};
    BitSet read = new BitSet(); // images of the source
    for (ArmItems arm : parents) {
      Map<Why, List<String>> failures = new EnumMap<>(Why.class);
      OrderedParallel.forEach(
          IntStream.rangeClosed(1, arm.size())
              .<Callable<Outcome>>mapToObj(position -> () -> rehearse(arm, position))
              .iterator(),
          threads,
          outcome -> {
            progress.rehearsed(++done[0], total);
            redrawn += outcome.redrawn;
            UnmadeException failure = outcome.failure;
            if (failure == null) {
              read.set(outcome.parent);
            } else {
              failures
                  .computeIfAbsent(failure.why(), _ -> new ArrayList<>())
                  .add(String.valueOf(failure.getMessage()));
            }
          });
      tell(arm, failures);
    }
    source(threads, read);
  }

  /** Is told how far a rehearsal is. */
  interface Progress {
    void rehearsed(int done, int total);
  }

  private record Outcome(int parent, int redrawn, @Nullable UnmadeException failure) {}

  private boolean isRehearsed(ArmItems arm) {
    ArmKind kind = arm.arm().kind();
    return kind == ArmKind.CLASSICAL || (kind.usesMasks() && model != null);
  }

  private Outcome rehearse(ArmItems arm, int position) {
    AugmentItem item = arm.item(position);
    DatasetImage parent = item.parent();
    GenerationModel asked = model;
    try {
      if (parent == null) {
        return new Outcome(0, 0, null);
      }
      if (item.arm().kind() == ArmKind.CLASSICAL || asked == null) {
        var _ = item.load(parent);
        return new Outcome(arm.parent(position), 0, null);
      }
      TransformDraw drawn =
          ItemConditioning.of(job.plan(), item, asked.width(), asked.height()).transform();
      return new Outcome(arm.parent(position), drawn == null ? 0 : drawn.rejected().size(), null);
    } catch (UnmadeException e) {
      return new Outcome(0, 0, e);
    }
  }

  private void tell(ArmItems arm, Map<Why, List<String>> failures) {
    int all = failures.values().stream().mapToInt(List::size).sum();
    int most = job.plan().mostSkipped(arm.size());
    unmade.put(arm.arm().name(), all);
    failures.forEach(
        (why, messages) ->
            (all > most ? problems : warnings)
                .accept(
                    arm.key()
                        + ": "
                        + messages.size()
                        + " of "
                        + arm.size()
                        + " images cannot be made, since "
                        + why.words()
                        + ": "
                        + examples(messages)
                        + (all > most
                            ? " (expected: at most " + most + ", by max-skipped)"
                            : "; they are left out")));
  }

  private static String examples(List<String> messages) {
    String first = String.join("; ", messages.subList(0, Math.min(EXAMPLES, messages.size())));
    return messages.size() <= EXAMPLES ? first : first + "; and others";
  }

  /** Reads what is written as it is and was not read yet. */
  private void source(int threads, BitSet read) throws IOException, InterruptedException {
    SourceImages source = job.source();
    if (source == null || arms.stream().noneMatch(arm -> arm.arm().includeSource())) {
      return;
    }
    List<String> failures = new ArrayList<>();
    OrderedParallel.forEach(
        IntStream.range(0, source.size())
            .filter(i -> !read.get(i))
            .<Callable<String>>mapToObj(i -> () -> failure(source.training(i)))
            .iterator(),
        threads,
        failure -> {
          if (!failure.isEmpty()) {
            failures.add(failure);
          }
        });
    tellSource(source, failures);
  }

  private void tellSource(SourceImages source, List<String> failures) {
    if (!failures.isEmpty()) {
      problems.accept(
          "source: "
              + failures.size()
              + " of "
              + source.size()
              + " training images cannot be read, and include-source writes them: "
              + examples(failures)
              + " (expected: image files; leave them out with source.exclude, missing ones with"
              + " source.skip-missing)");
    }
  }

  private static String failure(DatasetImage image) {
    try {
      var _ = image.load();
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Returns what was found of each arm. */
  List<ArmCheck> arms() {
    SourceImages source = job.source();
    return arms.stream()
        .map(
            arm ->
                new ArmCheck(
                    arm.arm().name(),
                    arm.arm().kind().wireName(),
                    arm.size(),
                    arm.arm().includeSource() && source != null ? source.size() : 0,
                    unmade.getOrDefault(arm.arm().name(), 0)))
        .toList();
  }

  /** Returns how many transforms were drawn again. */
  int redrawn() {
    return redrawn;
  }
}
