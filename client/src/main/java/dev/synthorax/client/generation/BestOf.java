package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import dev.synthorax.client.image.GrayImage;
import dev.synthorax.proto.v1.StructureMask;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Draws several candidates for each image and keeps the one with the lowest loss of a proxy; of two
 * as good the one with the lower seed.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @param candidates for an image, {@value #MIN} to {@value #MAX}
 * @param proxy reads them
 */
public record BestOf(int candidates, Proxy proxy) {
  /** Fewest candidates that leave a choice. */
  public static final int MIN = 2;

  /** Most candidates for an image: they are drawn by one request. */
  public static final int MAX = 64;

  private static final Comparator<Read> BEST_FIRST =
      Comparator.comparingDouble(Read::loss)
          .thenComparing(read -> read.image.seed(), Long::compareUnsigned);

  public BestOf {
    requireNonNull(proxy, "proxy");
    if (candidates < MIN || candidates > MAX) {
      throw new IllegalArgumentException(
          "candidates: %d (expected: %d to %d)".formatted(candidates, MIN, MAX));
    }
  }

  private record Read(MadeImage image, GrayImage pixels, double loss) {}

  /**
   * Returns a request for each image of one: candidate j of image i has {@code seed + i *
   * candidates + j}.
   *
   * @throws IllegalArgumentException if the proxy marks none of the request's masks, though it is
   *     masks that it compares
   */
  public List<PlannedRequest> plan(PlannedRequest request) {
    proxy.requireComparable(
        request.request().getMasksList().stream().map(StructureMask::getStructure).toList());
    return IntStream.range(0, request.ids().size())
        .mapToObj(
            i ->
                new PlannedRequest(
                    Collections.nCopies(candidates, request.ids().get(i)),
                    request.request().toBuilder()
                        .setCount(candidates)
                        .setSeed(request.request().getSeed() + (long) i * candidates)
                        .build()))
        .toList();
  }

  /**
   * Asks for the candidates of one image, waits for all, has them read and hands the best on.
   *
   * @param request one of {@link #plan}
   * @throws dev.synthorax.client.SynthoraxException as {@link GenerationEngine#ask}
   * @throws IOException if the image cannot be kept
   */
  public void ask(GenerationEngine engine, PlannedRequest request, GenerationEngine.Keeper keeper)
      throws IOException {
    Map<MadeImage, GrayImage> drawn = new LinkedHashMap<>(); // one thread at a time writes
    engine.ask(request, drawn::put);
    List<Read> read = new ArrayList<>();
    drawn.forEach((image, pixels) -> read.add(new Read(image, pixels, proxy.loss(image))));
    read.sort(BEST_FIRST);
    Read best = read.getFirst();
    keeper.keep(best.image.chosen(choice(read)), best.pixels);
  }

  private Choice choice(List<Read> read) {
    return new Choice(
        proxy.model().getName(),
        proxy.model().getVersion(),
        read.stream()
            .map(
                each ->
                    new Choice.Candidate(
                        new BigInteger(Long.toUnsignedString(each.image.seed())), each.loss))
            .toList());
  }
}
