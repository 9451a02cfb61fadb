package dev.synthorax.client.phantom;

import dev.synthorax.client.phantom.Lesion.Airspace;
import dev.synthorax.client.phantom.Lesion.Atelectasis;
import dev.synthorax.client.phantom.Lesion.Edema;
import dev.synthorax.client.phantom.Lesion.Effusion;
import dev.synthorax.client.phantom.Lesion.Focus;
import dev.synthorax.client.phantom.Lesion.Pneumothorax;
import dev.synthorax.client.phantom.Lesion.RibFracture;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One patient on one day: every organ and lesion, independent of the image's size. Never changes.
 */
final class Thorax {
  final Examination examination;
  final Habitus habitus;
  final ThoracicCavity cavity;
  final Mediastinum mediastinum;
  final Heart heart;
  final BodySurface body;
  final ValueNoise noise;
  final Abdomen abdomen;
  final Ribs ribs;
  final List<Ribs.Break> breaks;
  final @Nullable ChestTube tube;
  final @Nullable PleuralAir air;
  final List<PleuralFluid> fluids;
  final List<Opacity> opacities;

  /** The opacities of a pneumonia, each of which has a box. */
  final List<Opacity> boxed;

  Thorax(Examination examination) {
    this.examination = examination;
    Pathology pathology = examination.pathology();
    habitus = new Habitus(examination);
    cavity = new ThoracicCavity(habitus);
    mediastinum = new Mediastinum(examination, habitus);
    heart = new Heart(examination, habitus, cavity);
    body = new BodySurface(examination, habitus, cavity);
    noise = new ValueNoise(examination.ofDay(Draw.Purpose.TEXTURE));
    abdomen = new Abdomen(habitus, noise, examination.ofDay(Draw.Purpose.ABDOMEN));
    ribs = new Ribs(habitus, cavity, examination.ofPatient(Draw.Purpose.RIBS));
    breaks =
        RibBreaks.of(pathology.find(RibFracture.class), examination.ofDay(Draw.Purpose.FRACTURE));
    Drain drain = pathology.drain();
    tube =
        drain == null
            ? null
            : new ChestTube(
                drain, habitus, cavity, ribs, Draw.of(examination.seed(), Draw.Purpose.TUBE_PATH));
    Draw draw = examination.ofDay(Draw.Purpose.LESION);
    Pneumothorax pneumothorax = pathology.find(Pneumothorax.class);
    air = pneumothorax == null ? null : new PleuralAir(pneumothorax, habitus, draw);
    fluids = fluids(draw);
    boxed = new ArrayList<>();
    opacities = opacities(draw);
  }

  private List<PleuralFluid> fluids(Draw draw) {
    List<PleuralFluid> layers = new ArrayList<>();
    Effusion effusion = examination.pathology().find(Effusion.class);
    if (effusion != null) {
      for (Side side : Side.EACH) {
        if (effusion.side().includes(side)) {
          boolean level = air != null && air.side() == side;
          layers.add(new PleuralFluid(effusion, side, habitus, level, draw));
        }
      }
    }
    return List.copyOf(layers);
  }

  private List<Opacity> opacities(Draw draw) {
    List<Opacity> all = new ArrayList<>();
    for (Lesion lesion : examination.pathology().lesions()) {
      double u = draw.unit();
      double v = draw.unit();
      switch (lesion) {
        case Airspace airspace -> {
          for (Focus focus : airspace.foci()) {
            boolean main = focus.equals(airspace.foci().get(0));
            ConsolidatedLobe.Shape shape =
                new ConsolidatedLobe.Shape(airspace.severity(), main, draw);
            Opacity opacity = new ConsolidatedLobe(focus, shape, habitus, noise);
            all.add(opacity);
            if (airspace instanceof Lesion.Pneumonia) {
              boxed.add(opacity);
            }
          }
        }
        case Edema edema -> all.add(new PerihilarHaze(edema, habitus, noise, u, v));
        case Atelectasis collapse when collapse.severity() == Severity.LARGE ->
            all.add(new CollapsedLobe(collapse.side(), habitus, heart, noise, v));
        case Atelectasis bands -> {} // drawn as lines
        case Lesion.Cardiomegaly c -> {}
        case Effusion e -> {}
        case Pneumothorax p -> {}
        case RibFracture f -> {}
      }
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
