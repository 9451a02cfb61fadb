package dev.synthorax.client.training;

import dev.synthorax.client.SampleSource;
import dev.synthorax.client.dataset.Structure;
import dev.synthorax.client.phantom.PhantomSpec;
import dev.synthorax.client.phantom.PhantomStream;
import dev.synthorax.proto.v1.SampleShape;
import java.io.IOException;

/**
 * Phantoms, drawn anew in every pass.
 *
 * @param data which
 * @param count how many of them, at most as many as there are
 * @param threads that draw
 */
record PhantomSamples(TrainingData.Phantom data, int count, int threads) implements SampleSource {
  @Override
  public SampleShape shape() {
    return SampleShape.newBuilder()
        .setWidth(data.size())
        .setHeight(data.size())
        .addAllStructures(data.structures().stream().map(Structure::wireName).toList())
        .build();
  }

  @Override
  public void forEach(Taker taker) throws IOException, InterruptedException {
    PhantomSpec first = new PhantomSpec(data.seed(), data.size(), data.findings());
    new PhantomStream(first, count)
        .forEach(threads, sample -> taker.take(SampleMessages.of(sample, data.structures())));
  }
}
