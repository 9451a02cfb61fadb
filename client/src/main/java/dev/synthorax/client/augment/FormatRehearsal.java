package dev.synthorax.client.augment;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.augment.plan.ArmKind;
import dev.synthorax.client.augment.plan.PlanException;
import dev.synthorax.client.dataset.DatasetImage;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.format.StagedWriter;
import dev.synthorax.client.dataset.format.WriteOptions;
import dev.synthorax.client.image.GrayImage;
import dev.synthorax.client.storage.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes the first images of an arm, blank, where nobody sees them: a format that cannot hold them
 * is found before hours of work.
 */
final class FormatRehearsal {
  private static final int IMAGES = 32;

  private FormatRehearsal() {}

  /**
   * Writes them, and deletes what it wrote.
   *
   * @param model null: no arm needs one, or none could be asked
   * @throws PlanException if the format refuses one
   */
  static void run(AugmentJob job, ArmItems arm, @Nullable GenerationModel model)
      throws IOException {
    if (model == null && arm.arm().kind().usesServer()) {
      return;
    }
    Path stage = Files.createTempDirectory("synthorax-rehearsal-");
    try (StagedWriter writer = job.plan().format().create(stage, WriteOptions.of(_ -> {}))) {
      write(job, arm, model, writer);
    } catch (IllegalArgumentException e) {
      throw new PlanException(
          arm.key()
              + ": cannot be written as "
              + job.plan().format().wireName()
              + ": "
              + e.getMessage());
    } finally {
      Durable.delete(stage);
    }
  }

  private static void write(
      AugmentJob job, ArmItems arm, @Nullable GenerationModel model, StagedWriter writer)
      throws IOException {
    SourceImages source = job.source();
    if (arm.arm().includeSource() && source != null) {
      Sample sample = firstOf(source);
      if (sample != null) {
        writer.add(sample);
      }
    }
    Sample like = null; // its pixels and masks serve for all
    for (int position = 1; position <= Math.min(IMAGES, arm.size()); position++) {
      AugmentItem item = arm.item(position);
      try {
        like = like == null ? pixels(job, item, model) : like;
      } catch (UnmadeException e) {
        continue; // found by those who look for it
      }
      writer.add(blank(item, like));
    }
  }

  private static @Nullable Sample firstOf(SourceImages source) {
    for (int i = 0; i < Math.min(IMAGES, source.size()); i++) {
      try {
        return source.training(i).load();
      } catch (IOException e) {
        // found by those who look for it
      }
    }
    return null;
  }

  /** Returns pixels and masks of an image of the arm. */
  private static Sample pixels(AugmentJob job, AugmentItem item, @Nullable GenerationModel model)
      throws UnmadeException {
    DatasetImage parent = item.parent();
    if (model == null || (item.arm().kind() == ArmKind.CLASSICAL && parent != null)) {
      return item.load(requireNonNull(parent));
    }
    int width = model.width();
    int height = model.height();
    AugmentEntry entry = item.entry().labels(item.labels()).prompt(item.prompt()).build();
    return new Sample(
        item.info(entry, width, height),
        GrayImage.of(width, height, new byte[width * height]),
        ItemConditioning.of(job.plan(), item, width, height).masks());
  }

  private static Sample blank(AugmentItem item, Sample like) {
    DatasetImage parent = item.parent();
    if (item.arm().kind() == ArmKind.CLASSICAL && parent != null) {
      return new Sample(
          parent.info().toBuilder().id(item.id()).build(), like.image(), like.masks());
    }
    AugmentEntry entry = item.entry().labels(item.labels()).prompt(item.prompt()).build();
    return new Sample(
        item.info(entry, like.image().width(), like.image().height()), like.image(), like.masks());
  }
}
