package dev.synthorax.client.augment;

import dev.synthorax.client.augment.AugmentOutcome.ArmOutcome;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.dataset.OrderedParallel;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.BinaryMask;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.image.MaskImage;
import dev.synthorax.client.image.Png;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Writes the finished images of a job: a dataset an arm, and one manifest, arm by arm in order of
 * name and image by image in order of id.
 */
final class DatasetPass {
  private static final int MAX_SIDE = 8192;
  private static final int REHEARSED = 32; // images an arm

  private final AugmentJob job;
  private final WorkFolder folder;
  private final ItemMaker maker;
  private final AugmentListener listener;

  DatasetPass(AugmentJob job, WorkFolder folder, ItemMaker maker, AugmentListener listener) {
    this.job = job;
    this.folder = folder;
    this.maker = maker;
    this.listener = listener;
  }

  /** Either a finished image or one of the source. */
  private record Place(String id, int position, int source) {
    private static final int NONE = -1;
  }

  private record Written(Sample sample, AugmentEntry entry) {}

  static List<ArmItems> inOrder(List<ArmItems> arms) {
    return arms.stream().sorted(Comparator.comparing((ArmItems arm) -> arm.arm().name())).toList();
  }

  static StoredImage require(@Nullable StoredImage image, AugmentItem item) throws IOException {
    if (image == null) {
      throw new IOException(
          item.id() + " was finished and is no longer whole; run the same command again");
    }
    return image;
  }

  /**
   * Writes the first images of each arm, blank, where nobody sees them: a format that cannot hold
   * them is found before hours of work, and so is a source without the arm's masks.
   *
   * @param model null: no arm needs a server
   * @throws PlanException if the format refuses one
   */
  void rehearse(@Nullable GenerationModel model) throws IOException {
    int width = model == null ? 64 : model.width();
    int height = model == null ? 64 : model.height();
    for (ArmItems arm : job.arms()) {
      Path stage = folder.fresh("rehearsal");
      try (StagedWriter writer = job.plan().format().create(stage, WriteOptions.of(_ -> {}))) {
        if (arm.arm().includeSource() && job.source() != null) {
          writer.add(job.source().training(0).load());
        }
        Sample first = null;
        for (int position = 1; position <= Math.min(REHEARSED, arm.size()); position++) {
          Sample blank = blank(arm.item(position), width, height, first);
          first = first == null ? blank : first;
          writer.add(blank);
        }
      } catch (IllegalArgumentException e) {
        throw new PlanException(
            arm.key()
                + ": cannot be written as "
                + job.plan().format().wireName()
                + ": "
                + e.getMessage());
      }
      WorkFolder.delete(stage);
    }
  }

  private Sample blank(AugmentItem item, int width, int height, @Nullable Sample first)
      throws IOException {
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    if (!item.arm().kind().usesServer() && item.parent() != null) {
      if (first == null) {
        Sample parent = item.parent().load();
        return blankLike(item, parent);
      }
      return new Sample(
          item.parent().info().toBuilder().id(item.id()).build(), first.image(), first.masks());
    }
    if (first == null) {
      Conditioning conditioning = Conditioning.of(job.plan(), item, width, height);
      masks.putAll(conditioning.masks());
    } else {
      masks.putAll(first.masks());
    }
    AugmentEntry entry = item.entry().labels(item.labels()).prompt(item.prompt()).build();
    return new Sample(
        item.info(entry, width, height),
        GrayImage.of(width, height, new byte[width * height]),
        masks);
  }

  private static Sample blankLike(AugmentItem item, Sample parent) {
    return new Sample(
        parent.info().toBuilder().id(item.id()).build(), parent.image(), parent.masks());
  }

  /**
   * Writes everything and makes it the job's dataset.
   *
   * @param threads that read and decode
   * @param reused for the outcome
   * @param model for the outcome
   */
  AugmentOutcome write(int threads, int reused, String model)
      throws IOException, InterruptedException {
    Path stage = folder.fresh("stage");
    Progress progress = new Progress(total());
    List<ArmOutcome> arms = new ArrayList<>();
    try (BufferedWriter manifest =
        Files.newBufferedWriter(stage.resolve("manifest.jsonl"), StandardCharsets.UTF_8)) {
      for (ArmItems arm : inOrder(job.arms())) {
        List<Place> places = places(arm);
        job.plan()
            .format()
            .write(
                stage.resolve(arm.arm().name()),
                WriteOptions.of(warning -> listener.warned(arm.arm().name() + ": " + warning)),
                writer ->
                    OrderedParallel.forEach(
                        places.stream()
                            .<Callable<Written>>map(place -> () -> read(arm, place))
                            .iterator(),
                        threads,
                        written -> {
                          writer.add(written.sample);
                          manifest.write(written.entry.toJson());
                          manifest.write('\n');
                          progress.wrote(written.entry);
                        }));
        arms.add(new ArmOutcome(arm.arm().name(), arm.size(), places.size() - arm.size()));
      }
    }
    Files.writeString(stage.resolve("plan.json"), job.planJson());
    folder.publish(stage);
    return new AugmentOutcome(folder.dataset(), arms, reused, progress.rejected, model);
  }

  private int total() {
    int total = job.size();
    SourceImages source = job.source();
    for (ArmItems arm : job.arms()) {
      total += arm.arm().includeSource() && source != null ? source.size() : 0;
    }
    return total;
  }

  private List<Place> places(ArmItems arm) {
    List<Place> places = new ArrayList<>();
    SourceImages source = job.source();
    if (arm.arm().includeSource() && source != null) {
      for (int i = 0; i < source.size(); i++) {
        places.add(new Place(source.training(i).info().id(), Place.NONE, i));
      }
    }
    for (int position = 1; position <= arm.size(); position++) {
      places.add(new Place(AugmentItem.id(arm.arm(), position), position, Place.NONE));
    }
    places.sort(Comparator.comparing(Place::id));
    return places;
  }

  private Written read(ArmItems arm, Place place) throws IOException {
    SourceImages source = job.source();
    if (place.source != Place.NONE && source != null) {
      Sample sample = source.training(place.source).load();
      return new Written(sample, maker.ofSource(arm.arm(), sample));
    }
    AugmentItem item = arm.item(place.position);
    StoredImage stored = require(folder.load(item), item);
    GrayImage image = Png.decode(stored.image().toByteArray(), MAX_SIDE);
    Map<Structure, BinaryMask> masks = new EnumMap<>(Structure.class);
    for (var mask : stored.masks().entrySet()) {
      masks.put(mask.getKey(), MaskImage.decode(mask.getValue().toByteArray(), MAX_SIDE));
    }
    return new Written(
        new Sample(item.info(stored.entry(), image.width(), image.height()), image, masks),
        stored.entry());
  }

  private final class Progress {
    private final int total;
    private int done;
    private int rejected;

    private Progress(int total) {
      this.total = total;
    }

    private void wrote(AugmentEntry entry) {
      rejected += entry.rejections().size();
      listener.written(++done, total);
    }
  }
}
