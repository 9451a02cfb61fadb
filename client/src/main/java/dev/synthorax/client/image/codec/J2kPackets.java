package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the packets of a tile into its code-blocks.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-T.800">ITU-T T.800, B.9, B.10 and B.12</a>
 */
final class J2kPackets {
  private static final int SOP = 0xFF91;
  private static final int EPH = 0xFF92;
  private static final int MAX_LENGTH_BITS = 24;
  private static final int MAX_PASSES = 3 * 38;

  private final CodedBytes input;
  private final J2kParameters parameters;
  private final List<List<J2kResolution>> components;
  private final List<Piece> pieces = new ArrayList<>();

  private record Piece(J2kBlock.Segment segment, int length) {}

  private record Place(int component, int resolution, int precinct, long left, long top) {}

  J2kPackets(CodedBytes input, J2kParameters parameters, List<List<J2kResolution>> components) {
    this.input = input;
    this.parameters = parameters;
    this.components = components;
  }

  /**
   * Reads all packets; a tile may end before its last one.
   *
   * <p>Each takes a byte at least, so that time is bounded by the bytes there are.
   */
  void read() throws IOException {
    List<Place> places = new ArrayList<>();
    for (int c = 0; c < components.size(); c++) {
      for (int r = 0; r < components.get(c).size(); r++) {
        J2kResolution resolution = components.get(c).get(r);
        if (resolution.precincts() > input.left() - places.size()) {
          throw input.damaged("fewer bytes than packets", "one at least for each");
        }
        for (int p = 0; p < resolution.precincts(); p++) {
          places.add(new Place(c, r, p, resolution.left(p), resolution.top(p)));
        }
      }
    }
    places.sort(order());
    int layers = parameters.layers();
    switch (parameters.progression()) {
      case 0 -> {
        for (int layer = 0; layer < layers; layer++) {
          read(places, layer, layer + 1);
        }
      }
      case 1 -> {
        for (int from = 0; from < places.size(); ) {
          int resolution = places.get(from).resolution();
          int to = from;
          while (to < places.size() && places.get(to).resolution() == resolution) {
            to++;
          }
          for (int layer = 0; layer < layers; layer++) {
            read(places.subList(from, to), layer, layer + 1);
          }
          from = to;
        }
      }
      default -> read(places, 0, layers);
    }
  }

  private Comparator<Place> order() {
    Comparator<Place> byPlace = Comparator.comparingLong(Place::top);
    byPlace = byPlace.thenComparingLong(Place::left);
    Comparator<Place> byResolution = Comparator.comparingInt(Place::resolution);
    Comparator<Place> byComponent = Comparator.comparingInt(Place::component);
    Comparator<Place> order =
        switch (parameters.progression()) {
          case 2 -> byResolution.thenComparing(byPlace).thenComparing(byComponent);
          case 3 -> byPlace.thenComparing(byComponent).thenComparing(byResolution);
          case 4 -> byComponent.thenComparing(byPlace).thenComparing(byResolution);
          default -> byResolution.thenComparing(byComponent);
        };
    return order.thenComparingInt(Place::precinct);
  }

  private void read(List<Place> places, int firstLayer, int behind) throws IOException {
    for (Place place : places) {
      J2kResolution resolution = components.get(place.component()).get(place.resolution());
      for (int layer = firstLayer; layer < behind && input.left() > 0; layer++) {
        J2kCoding coding = parameters.coding(place.component());
        packet(resolution.precinct(place.precinct()), layer, coding);
      }
    }
  }

  private void packet(J2kResolution.Precinct precinct, int layer, J2kCoding coding)
      throws IOException {
    if (nextIs(SOP)) {
      input.seek(input.at() + 2);
      input.segment();
    }
    PacketBits bits = new PacketBits(input);
    pieces.clear();
    if (bits.bit() == 1) {
      for (J2kResolution.Grid grid : precinct.grids()) {
        for (int y = 0; y < grid.down(); y++) {
          for (int x = 0; x < grid.across(); x++) {
            block(bits, grid, x, y, layer, coding);
          }
        }
      }
    }
    bits.align();
    if (nextIs(EPH)) {
      input.seek(input.at() + 2);
    }
    for (Piece piece : pieces) {
      if (piece.length() > input.left()) {
        throw input.damaged(
            "a code-block of " + piece.length() + " bytes", "at most " + input.left());
      }
      piece.segment().append(input.bytes(), input.at(), piece.length());
      input.seek(input.at() + piece.length());
    }
  }

  private boolean nextIs(int marker) {
    byte[] bytes = input.bytes();
    int at = input.at();
    return input.left() >= 2 && ((bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF)) == marker;
  }

  private void block(
      PacketBits bits, J2kResolution.Grid grid, int x, int y, int layer, J2kCoding coding)
      throws IOException {
    J2kBlock known = grid.blockOrNull(x, y);
    boolean first = known == null || !known.isIncluded();
    boolean included = first ? grid.inclusion().isBelow(bits, x, y, layer + 1) : bits.bit() == 1;
    if (!included) {
      return;
    }
    J2kBlock block = grid.block(x, y);
    if (first) {
      block.setZeroPlanes(grid.zeroPlanes().value(bits, x, y, J2kBlockDecoder.MAX_PLANES));
    }
    int passes = passes(bits);
    if (block.passes() + passes > MAX_PASSES) {
      throw input.damaged("more than " + MAX_PASSES + " passes", "fewer");
    }
    while (bits.bit() == 1) {
      block.addLengthBit();
      if (block.lengthBits() > MAX_LENGTH_BITS) {
        throw input.damaged("a length of too many bits", "at most " + MAX_LENGTH_BITS);
      }
    }
    while (passes > 0) {
      int taken = block.take(passes, coding);
      int more = 31 - Integer.numberOfLeadingZeros(taken);
      int length = bits.bits(block.lengthBits() + more);
      pieces.add(new Piece(block.segments().getLast(), length));
      passes -= taken;
    }
  }

  /** Reads the number of coding passes, table B.4. */
  private static int passes(PacketBits bits) throws IOException {
    if (bits.bit() == 0) {
      return 1;
    }
    if (bits.bit() == 0) {
      return 2;
    }
    int more = bits.bits(2);
    if (more < 3) {
      return 3 + more;
    }
    more = bits.bits(5);
    return more < 31 ? 6 + more : 37 + bits.bits(7);
  }
}
