package dev.synthorax.client.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.dataset.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhantomStreamTest {
  private static List<Sample> run(int threads) throws IOException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    new PhantomStream(500, 23, 64, Set.of()).forEach(threads, samples::add);
    return samples;
  }

  @Test
  void forEach_anyNumberOfThreads_givesTheSameSamplesInSeedOrder() throws Exception {
    List<Sample> alone = run(1);

    List<Sample> together = run(5);

    assertThat(together).isEqualTo(alone);
    assertThat(alone)
        .extracting(sample -> sample.info().seed())
        .isSorted()
        .hasSize(23)
        .startsWith(500L);
  }

  @Test
  void forEach_consumerFails_passesTheFailureOn() {
    PhantomStream stream = new PhantomStream(0, 50, 64, Set.of());

    assertThatThrownBy(
            () ->
                stream.forEach(
                    2,
                    sample -> {
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
  }

  @Test
  void new_badCount_isRefused() {
    assertThatThrownBy(() -> new PhantomStream(0, -1, 64, Set.of()))
        .hasMessage("count: -1 (expected: >= 0)");
  }
}
