package dev.synthorax.client.image.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One resolution of a tile's component: its subbands, and the precincts that packets bring.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, B.5 to B.9</a>
 */
final class J2kResolution {
  private final J2kArea tile;
  private final J2kCoding coding;
  private final int number;
  private final List<Band> bands = new ArrayList<>();
  private final int precinctX;
  private final int precinctY;
  private final int precinctsAcross;
  private final int precinctsDown;
  private @Nullable Precinct[] precincts = new Precinct[0];

  /**
   * A subband.
   *
   * @param index in the order of step sizes
   * @param orientation 0 LL, 1 HL, 2 LH, 3 HH
   */
  record Band(int index, int orientation, J2kArea area) {}

  /** The code-blocks of one subband in a precinct, and the trees that say where they start. */
  static final class Grid {
    private final Band band;
    private final J2kArea area;
    private final int firstX;
    private final int firstY;
    private final int widthBits;
    private final int heightBits;
    private final int across;
    private final int down;
    private final TagTree inclusion;
    private final TagTree zeroPlanes;
    private final @Nullable J2kBlock[] blocks;

    private Grid(Band band, J2kArea area, int widthBits, int heightBits) {
      this.band = band;
      this.area = area;
      this.widthBits = widthBits;
      this.heightBits = heightBits;
      firstX = area.x0() >> widthBits;
      firstY = area.y0() >> heightBits;
      across = area.isEmpty() ? 0 : ((area.x1() - 1) >> widthBits) - firstX + 1;
      down = area.isEmpty() ? 0 : ((area.y1() - 1) >> heightBits) - firstY + 1;
      inclusion = new TagTree(across, down);
      zeroPlanes = new TagTree(across, down);
      blocks = new J2kBlock[across * down];
    }

    Band band() {
      return band;
    }

    int across() {
      return across;
    }

    int down() {
      return down;
    }

    TagTree inclusion() {
      return inclusion;
    }

    TagTree zeroPlanes() {
      return zeroPlanes;
    }

    @Nullable J2kBlock blockOrNull(int x, int y) {
      return blocks[y * across + x];
    }

    J2kBlock block(int x, int y) {
      J2kBlock block = blockOrNull(x, y);
      if (block == null) {
        long left = (long) (firstX + x) << widthBits;
        long top = (long) (firstY + y) << heightBits;
        block =
            new J2kBlock(
                area.intersection(left, top, left + (1L << widthBits), top + (1L << heightBits)));
        blocks[y * across + x] = block;
      }
      return block;
    }
  }

  /** The grids of all subbands. */
  record Precinct(List<Grid> grids) {
    Precinct {
      grids = List.copyOf(grids);
    }
  }

  J2kResolution(J2kArea tile, J2kCoding coding, int number) {
    this.tile = tile;
    this.coding = coding;
    this.number = number;
    int levels = coding.levels();
    if (number == 0) {
      bands.add(new Band(0, 0, tile.band(levels, 0)));
    } else {
      for (int orientation = 1; orientation <= 3; orientation++) {
        J2kArea area = tile.band(levels - number + 1, orientation);
        bands.add(new Band(3 * (number - 1) + orientation, orientation, area));
      }
    }
    J2kArea area = area();
    int widthBits = coding.precinctWidthBits(number);
    int heightBits = coding.precinctHeightBits(number);
    precinctX = area.x0() >> widthBits;
    precinctY = area.y0() >> heightBits;
    precinctsAcross = area.isEmpty() ? 0 : ((area.x1() - 1) >> widthBits) - precinctX + 1;
    precinctsDown = area.isEmpty() ? 0 : ((area.y1() - 1) >> heightBits) - precinctY + 1;
  }

  /** Returns the samples of this resolution. */
  J2kArea area() {
    return tile.low(coding.levels() - number);
  }

  long precincts() {
    return (long) precinctsAcross * precinctsDown;
  }

  /** Returns where a precinct starts on the reference grid, not before the tile. */
  long left(int precinct) {
    int shift = coding.precinctWidthBits(number) + coding.levels() - number;
    return Math.max(tile.x0(), (long) (precinctX + precinct % precinctsAcross) << shift);
  }

  /** Returns where a precinct starts on the reference grid, not before the tile. */
  long top(int precinct) {
    int shift = coding.precinctHeightBits(number) + coding.levels() - number;
    return Math.max(tile.y0(), (long) (precinctY + precinct / precinctsAcross) << shift);
  }

  /** Returns a precinct; made when it is first asked for. */
  Precinct precinct(int index) {
    if (precincts.length == 0) {
      precincts = new Precinct[precinctsAcross * precinctsDown];
    }
    Precinct precinct = precincts[index];
    if (precinct == null) {
      precinct = create(index);
      precincts[index] = precinct;
    }
    return precinct;
  }

  /** Returns the precincts that packets have brought. */
  List<Precinct> brought() {
    List<Precinct> brought = new ArrayList<>();
    for (Precinct precinct : precincts) {
      if (precinct != null) {
        brought.add(precinct);
      }
    }
    return brought;
  }

  private Precinct create(int index) {
    int halved = number == 0 ? 0 : 1;
    int widthBits = coding.precinctWidthBits(number) - halved;
    int heightBits = coding.precinctHeightBits(number) - halved;
    long left = (long) (precinctX + index % precinctsAcross) << widthBits;
    long top = (long) (precinctY + index / precinctsAcross) << heightBits;
    List<Grid> grids = new ArrayList<>();
    for (Band band : bands) {
      J2kArea area =
          band.area().intersection(left, top, left + (1L << widthBits), top + (1L << heightBits));
      grids.add(
          new Grid(
              band,
              area,
              Math.min(coding.blockWidthBits(), widthBits),
              Math.min(coding.blockHeightBits(), heightBits)));
    }
    return new Precinct(grids);
  }
}
