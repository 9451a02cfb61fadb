package dev.synthorax.server.pipeline;

import dev.synthorax.diffusion.NoiseScheduler;
import dev.synthorax.diffusion.NoiseSchedulerConfig;
import dev.synthorax.diffusion.PublishedScheduler;
import dev.synthorax.diffusion.TimestepSpacing;
import dev.synthorax.nn.diffusers.DiffusersFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The noise schedulers of a pipeline folder.
 *
 * @param byKind the default first
 * @param warnings where something is run otherwise than the file says, one sentence each
 */
record FolderSchedulers(
    SequencedMap<NoiseScheduler.Kind, NoiseScheduler> byKind, List<String> warnings) {
  /**
   * Reads them.
   *
   * @param index of the folder
   * @param chosen the default as {@code synthorax.yaml} names it; null: by the file's class
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED}, naming file and field
   * @throws IllegalArgumentException naming file and field, if the default cannot be run
   */
  static FolderSchedulers read(
      DiffusersFolder folder, ModelIndex index, NoiseScheduler.@Nullable Kind chosen) {
    String file = folder.schedulerConfig().name();
    NoiseSchedulerConfig saved = NoiseSchedulerConfig.read(folder.schedulerConfig());
    NoiseSchedulerConfig config =
        index.overridesScheduler() ? saved.asInStableDiffusionPipeline() : saved;
    try {
      PublishedScheduler published = PublishedScheduler.of(saved);
      NoiseScheduler.Kind preferred = chosen == null ? published.kind() : chosen;
      var byKind = new LinkedHashMap<NoiseScheduler.Kind, NoiseScheduler>();
      byKind.put(preferred, NoiseScheduler.of(preferred, config));
      for (NoiseScheduler.Kind kind : NoiseScheduler.Kind.values()) {
        addIfBuilt(kind, config, byKind);
      }
      var warnings = new ArrayList<String>();
      if (chosen == null && !published.same()) {
        warnings.add(
            "%s: %s is not built in; %s takes its place, with other images than diffusers'."
                .formatted(file, published.className(), label(preferred)));
      }
      warnOverrides(file, preferred, saved, config, warnings);
      return new FolderSchedulers(byKind, List.copyOf(warnings));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static void addIfBuilt(
      NoiseScheduler.Kind kind,
      NoiseSchedulerConfig config,
      SequencedMap<NoiseScheduler.Kind, NoiseScheduler> byKind) {
    if (!byKind.containsKey(kind)) {
      try {
        byKind.put(kind, NoiseScheduler.of(kind, config));
      } catch (IllegalArgumentException e) {
        // not offered: the file asks this kind for what is not built
      }
    }
  }

  private static void warnOverrides(
      String file,
      NoiseScheduler.Kind kind,
      NoiseSchedulerConfig saved,
      NoiseSchedulerConfig used,
      List<String> warnings) {
    boolean clips = kind == NoiseScheduler.Kind.DDIM || kind == NoiseScheduler.Kind.LCM;
    if (kind != NoiseScheduler.Kind.LCM
        && saved.spacing(kind) == TimestepSpacing.LEADING
        && saved.stepsOffset() != used.stepsOffset()) {
      warnings.add(override(file, "steps_offset " + saved.stepsOffset(), used.stepsOffset()));
    }
    if (clips && saved.clip() != used.clip()) {
      warnings.add(override(file, "clip_sample true", false));
    }
  }

  private static String override(String file, String saved, Object used) {
    return "%s: %s runs as %s, as in diffusers' StableDiffusionPipeline."
        .formatted(file, saved, used);
  }

  private static String label(NoiseScheduler.Kind kind) {
    return switch (kind) {
      case DDIM -> "DDIM";
      case DPM_SOLVER_PP_2M -> "DPM-Solver++ 2M";
      case EULER -> "Euler";
      case PNDM -> "PNDM";
      case LCM -> "LCM";
      case DPM_SOLVER_PP_2M_KARRAS -> "DPM-Solver++ 2M Karras";
      case EULER_ANCESTRAL -> "Euler ancestral";
      case UNIPC -> "UniPC";
    };
  }
}
