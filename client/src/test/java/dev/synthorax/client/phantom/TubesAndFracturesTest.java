package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthorax.client.dataset.Box;
import dev.synthorax.client.dataset.Finding;
import dev.synthorax.client.dataset.Label;
import dev.synthorax.client.dataset.Sample;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.image.BinaryMask;
import org.junit.jupiter.api.Test;

class TubesAndFracturesTest {
  private static final int SIZE = 160;

  @Test
  void chestTube_anyPneumothorax_connectsTheChestWallToThePleuralSpace() {
    for (long seed = 0; seed < 16; seed++) {
      PhantomKnobs knobs = (seed % 2 == 0 ? Cases.PA : Cases.AP).withTubeGivenPneumothorax(1.0);
      PhantomSpec spec = Cases.spec(seed, SIZE, Finding.PNEUMOTHORAX, knobs);
      Sample sample = Phantoms.sample(spec);
      Thorax thorax = new Thorax(Examination.of(spec));
      BinaryMask tube = sample.mask(Structure.CHEST_TUBE);
      boolean right = "right".equals(sample.info().attributes().get("chest_tube_side"));
      BinaryMask lung = sample.mask(right ? Structure.RIGHT_LUNG : Structure.LEFT_LUNG);
      int within = 0;
      int outside = 0;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          within += tube.at(x, y) && lung.at(x, y) ? 1 : 0;
          outside += tube.at(x, y) && !lung.at(x, y) ? 1 : 0;
        }
      }

      assertThat(within).as("in the pleural space, seed %d", seed).isGreaterThan(12);
      assertThat(outside).as("in the chest wall, seed %d", seed).isGreaterThan(4);
      assertThat(pieces(tube)).as("seed %d", seed).isEqualTo(1);
      assertThat(java.util.Objects.requireNonNull(thorax.tube).space()).isBetween(4, 6);
      assertThat(sample.info().label("support_devices")).isEqualTo(Label.POSITIVE);
    }
  }

  @Test
  void chestTube_stripe_isBrighterThanTheSameLungWithoutIt() {
    for (long seed = 0; seed < 8; seed++) {
      Sample with =
          Phantoms.sample(
              Cases.spec(
                  seed, SIZE, Finding.PNEUMOTHORAX, Cases.PA.withTubeGivenPneumothorax(1.0)));
      Sample without =
          Phantoms.sample(
              Cases.spec(
                  seed, SIZE, Finding.PNEUMOTHORAX, Cases.PA.withTubeGivenPneumothorax(0.0)));
      BinaryMask tube = with.mask(Structure.CHEST_TUBE);

      assertThat(Regions.mean(with.image(), tube))
          .as("seed %d", seed)
          .isGreaterThan(Regions.mean(without.image(), tube) + 5);
      assertThat(without.mask(Structure.CHEST_TUBE).area()).isZero();
      assertThat(without.info().label("support_devices")).isEqualTo(Label.NEGATIVE);
    }
  }

  private static int pieces(BinaryMask mask) {
    byte[] cells = mask.toBytes();
    int pieces = 0;
    java.util.ArrayDeque<Integer> queue = new java.util.ArrayDeque<>();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] != 0) {
        pieces++;
        queue.add(i);
        while (!queue.isEmpty()) {
          int p = queue.remove();
          for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
              int x = p % SIZE + dx;
              int y = p / SIZE + dy;
              if (x >= 0 && y >= 0 && x < SIZE && y < SIZE && cells[y * SIZE + x] != 0) {
                cells[y * SIZE + x] = 0;
                queue.add(y * SIZE + x);
              }
            }
          }
        }
      }
    }
    return pieces;
  }

  @Test
  void ribFracture_anySeverity_liesOnItsRibAndChangesItThere() {
    for (long seed = 0; seed < 16; seed++) {
      PhantomSpec spec = Cases.spec(seed, SIZE, Finding.RIB_FRACTURE, Cases.PA);
      Thorax broken = new Thorax(Examination.of(spec));
      Thorax whole = Cases.thorax(seed, Finding.NORMAL);
      Shadows with = new Shadows(broken, new Frame(broken.examination, broken.habitus, SIZE));
      Shadows without = new Shadows(whole, new Frame(whole.examination, whole.habitus, SIZE));
      BinaryMask mask = Phantoms.sample(spec).mask(Structure.RIB_FRACTURE);
      double changed = 0;
      double changedElsewhere = 0;
      double bone = 0;
      for (int i = 0; i < SIZE * SIZE; i++) {
        double change = Math.abs(with.bones[i] - without.bones[i]);
        if (mask.at(i % SIZE, i / SIZE)) {
          changed = Math.max(changed, change);
          bone += without.bones[i];
        } else {
          changedElsewhere = Math.max(changedElsewhere, change);
        }
      }

      assertThat(mask.area()).as("seed %d", seed).isBetween(14, SIZE * SIZE / 60);
      assertThat(bone / mask.area()).as("on a rib, seed %d", seed).isGreaterThan(0.03);
      assertThat(changed).as("seed %d", seed).isGreaterThan(0.02);
      assertThat(pieces(mask)).as("seed %d", seed).isBetween(1, broken.breaks.size());
    }
  }

  @Test
  void pneumonia_eachFocus_hasABoxAroundWhatItWhitens() {
    for (long seed = 0; seed < 16; seed++) {
      Sample ill = Cases.sample(seed, SIZE, Finding.PNEUMONIA);
      Sample well = Cases.sample(seed, SIZE, Finding.NORMAL);
      Lesion.Pneumonia lesion =
          (Lesion.Pneumonia)
              Cases.thorax(seed, Finding.PNEUMONIA).examination.pathology().lesions().get(0);
      assertThat(ill.info().boxes()).as("seed %d", seed).hasSameSizeAs(lesion.foci());
      double inside = 0;
      double outside = 0;
      BinaryMask lungs = ill.mask(Structure.LUNGS);
      int covered = 0;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          int change = ill.image().at(x, y) - well.image().at(x, y);
          boolean boxed = false;
          for (Box box : ill.info().boxes()) {
            boxed |=
                x + 0.5 >= box.x()
                    && x + 0.5 <= box.x() + box.width()
                    && y + 0.5 >= box.y()
                    && y + 0.5 <= box.y() + box.height();
          }
          covered += boxed ? 1 : 0;
          if (lungs.at(x, y)) {
            inside += boxed ? Math.max(0, change - 8) : 0;
            outside += boxed ? 0 : Math.max(0, change - 8);
          }
        }
      }

      assertThat(inside).as("seed %d", seed).isGreaterThan(8 * outside);
      assertThat(covered).as("seed %d", seed).isLessThan(SIZE * SIZE / 3);
      for (Box box : ill.info().boxes()) {
        assertThat(box.label()).isEqualTo("pneumonia");
        assertThat(box.x() >= 0 && box.x() + box.width() <= SIZE).isTrue();
        assertThat(box.y() >= 0 && box.y() + box.height() <= SIZE).isTrue();
      }
    }
  }
}
