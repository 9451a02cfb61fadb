package dev.synthorax.server.reading;

import dev.synthorax.proto.v1.Classification;
import dev.synthorax.proto.v1.ClassificationSpec;
import dev.synthorax.proto.v1.ClassifiedFinding;
import dev.synthorax.proto.v1.Priority;
import dev.synthorax.proto.v1.Radiograph;
import dev.synthorax.server.plain.PlainDescription;
import dev.synthorax.server.plain.ReaderSpec;

/** Which findings an image shows. */
record ClassificationReading(ClassificationSpec spec) implements Reading<Classification> {
  private static final int FINDING_BYTES = 256; // name, numbers and what is around them

  @Override
  public ReaderSpec.Task task() {
    return ReaderSpec.Task.CLASSIFICATION;
  }

  @Override
  public String model() {
    return spec.getModel();
  }

  @Override
  public String version() {
    return spec.getModelVersion();
  }

  @Override
  public String requestId() {
    return spec.getRequestId();
  }

  @Override
  public Radiograph image() {
    return spec.getImage();
  }

  @Override
  public Priority priority() {
    return spec.getPriority();
  }

  private double threshold() {
    return Reading.threshold(spec.hasThreshold(), spec.getThreshold());
  }

  @Override
  public void check(ReaderSpec reader) {
    var _ = threshold();
  }

  @Override
  public long answerBytes(ReaderSpec reader, int width, int height) {
    return (long) FINDING_BYTES * reader.labels().size();
  }

  @Override
  public Classification answer(PlainDescription model, Framing framing, float[] output) {
    ReaderSpec reader = framing.reader();
    double threshold = threshold();
    var answer =
        Classification.newBuilder()
            .setModel(model.name())
            .setModelVersion(Long.toString(model.version()))
            .setThreshold(threshold);
    for (int i = 0; i < output.length; i++) {
      double probability = reader.probability(output[i]);
      answer.addFindings(
          ClassifiedFinding.newBuilder()
              .setFinding(reader.labels().get(i))
              .setProbability(probability)
              .setPresent(probability >= threshold));
    }
    return answer.build();
  }
}
