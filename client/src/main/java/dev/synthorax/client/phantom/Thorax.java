package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Consolidation;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One patient: every organ and lesion that a seed makes, independent of the image's size. Never
 * changes.
 */
final class Thorax {
  private static final long LESION_SHAPE = 1_000_003; // a stream of its own beside the heart's

  final long seed;
  final Pathology pathology;
  final Habitus habitus;
  final ThoracicCavity cavity;
  final Mediastinum mediastinum;
  final Heart heart;
  final BodySurface body;
  final ValueNoise noise;
  final Abdomen abdomen;
  final @Nullable PleuralAir air;
  final List<PleuralFluid> fluids;
  final List<Opacity> opacities;

  Thorax(long seed, Pathology pathology) {
    this.seed = seed;
    this.pathology = pathology;
    habitus = new Habitus(seed, pathology);
    cavity = new ThoracicCavity(habitus);
    mediastinum = new Mediastinum(seed, habitus);
    heart = new Heart(seed, habitus, cavity, pathology);
    body = new BodySurface(seed, habitus, cavity);
    noise = new ValueNoise(Draw.of(seed, Draw.Purpose.TEXTURE));
    abdomen = new Abdomen(habitus, Draw.of(seed, Draw.Purpose.ABDOMEN));
    Draw draw = Draw.of(seed + LESION_SHAPE, Draw.Purpose.LESION);
    Pneumothorax pneumothorax = pathology.find(Pneumothorax.class);
    air = pneumothorax == null ? null : new PleuralAir(pneumothorax, habitus, draw);
    fluids = fluids(draw);
    opacities = opacities(draw);
  }

  private List<PleuralFluid> fluids(Draw draw) {
    List<PleuralFluid> layers = new ArrayList<>();
    Effusion effusion = pathology.find(Effusion.class);
    if (effusion != null) {
      for (Side side : Side.EACH) {
        if (effusion.side().includes(side)) {
          layers.add(new PleuralFluid(effusion, side, habitus, draw));
        }
      }
    }
    return List.copyOf(layers);
  }

  private List<Opacity> opacities(Draw draw) {
    double u = draw.unit();
    double v = draw.unit();
    double w = draw.unit();
    List<Opacity> all = new ArrayList<>();
    Consolidation consolidation = pathology.find(Consolidation.class);
    if (consolidation != null) {
      all.add(new ConsolidatedLobe(consolidation, habitus, noise, u, v, w));
    }
    Edema edema = pathology.find(Edema.class);
    if (edema != null) {
      all.add(new PerihilarHaze(edema, habitus, noise, u, v));
    }
    Atelectasis atelectasis = pathology.find(Atelectasis.class);
    if (atelectasis != null && atelectasis.severity() == Severity.LARGE) {
      all.add(new CollapsedLobe(atelectasis.side(), habitus, heart, noise, v));
    }
    return List.copyOf(all);
  }

  /** Share of the pleural chord at a point that is fluid, 0..1. */
  double fluidShare(Side side, double ax, double y) {
    for (PleuralFluid fluid : fluids) {
      if (fluid.side() == side) {
        return fluid.share(cavity, ax, y);
      }
    }
    return 0;
  }

  /** Share of the lung's chord at a point that is opaque, 0..1. */
  double opaqueShare(Side side, double ax, double x, double y) {
    double clear = 1;
    for (Opacity opacity : opacities) {
      clear *= 1 - opacity.share(side, ax, x, y);
    }
    return 1 - clear;
  }
}
