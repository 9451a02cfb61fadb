package dev.synthorax.client.generation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.math.BigInteger;
import java.util.List;

/**
 * What an image was chosen among; part of its line in the manifest.
 *
 * @param proxy the model that read the candidates
 * @param proxyVersion its version
 * @param candidates all of them, the best first, which is the image itself
 */
@JsonPropertyOrder({"proxy", "proxyVersion", "candidates"})
public record Choice(String proxy, String proxyVersion, List<Candidate> candidates) {
  public Choice {
    requireNonNull(proxy, "proxy");
    requireNonNull(proxyVersion, "proxyVersion");
    candidates = List.copyOf(candidates);
  }

  /**
   * What was drawn.
   *
   * @param seed unsigned 64-bit; makes it alone
   * @param loss of the proxy; 0 is best
   */
  @JsonPropertyOrder({"seed", "loss"})
  public record Candidate(BigInteger seed, double loss) {}
}
