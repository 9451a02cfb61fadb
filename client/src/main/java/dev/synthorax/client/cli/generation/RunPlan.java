package dev.synthorax.client.cli.generation;

import dev.synthorax.client.generation.GenerationEngine;
import dev.synthorax.client.generation.PlannedRequest;
import java.io.IOException;
import java.util.List;

/**
 * What a run asks for, and how.
 *
 * @param requests in the order they are begun
 * @param way in which each becomes images
 */
record RunPlan(List<PlannedRequest> requests, Way way) {
  RunPlan {
    requests = List.copyOf(requests);
  }

  /** How a request becomes images. */
  @FunctionalInterface
  interface Way {
    /**
     * Asks for them, waits, and hands over what is to be kept.
     *
     * @throws IOException if an image cannot be kept
     */
    void ask(GenerationEngine engine, PlannedRequest request, GenerationEngine.Keeper keeper)
        throws IOException;
  }

  /** Keeps all that is drawn. */
  static RunPlan of(List<PlannedRequest> requests) {
    return new RunPlan(requests, GenerationEngine::ask);
  }

  /** Names of the images that are kept, in order. */
  List<String> ids() {
    return requests.stream().flatMap(request -> request.ids().stream()).distinct().toList();
  }
}
