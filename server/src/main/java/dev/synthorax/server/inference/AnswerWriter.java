package dev.synthorax.server.inference;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.HostTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.proto.inference.InferParameter;
import dev.synthorax.proto.inference.ModelInferResponse;
import dev.synthorax.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.synthorax.server.plain.PlainAnswer;
import dev.synthorax.server.plain.PlainDescription;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers of one request on the wire.
 *
 * @param model that answers
 * @param id of the request
 * @param wanted outputs, in their order; empty: all
 * @param regions for outputs that go there; borrowed
 */
record AnswerWriter(
    PlainDescription model, String id, List<WantedOutput> wanted, SharedRegions regions) {
  private static final String FINAL = "triton_final_response";
  private static final long MAX_BYTES = Integer.MAX_VALUE;
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

  /** As little as a client needs to know whose answer it is. */
  static ModelInferResponse bare(String id) {
    return ModelInferResponse.newBuilder()
        .setId(id)
        .putParameters(FINAL, InferParameter.newBuilder().setBoolParam(true).build())
        .build();
  }

  /**
   * An answer; raw contents are always there, one an output.
   *
   * @param answer closed by {@code release}
   * @param streamed whether it is one of a stream
   * @throws InferenceException {@code INVALID_ARGUMENT} if an output does not go where it is wanted
   */
  WireAnswer write(PlainAnswer answer, boolean streamed, Runnable release) {
    Map<String, WantedOutput> byName =
        wanted.stream().collect(Collectors.toMap(WantedOutput::name, Function.identity()));
    var response =
        ModelInferResponse.newBuilder()
            .setModelName(model.name())
            .setModelVersion(Long.toString(model.version()))
            .setId(id);
    if (streamed) {
      response.putParameters(FINAL, InferParameter.newBuilder().setBoolParam(true).build());
    }
    var contents = new ArrayList<MemorySegment>();
    for (HostTensor output : answer.outputs()) {
      WantedOutput wish =
          byName.getOrDefault(output.name(), new WantedOutput(output.name(), 0, null));
      HostTensor shown =
          wish.classes() == 0
              ? output
              : ClassResults.of(
                  output,
                  model.config().getMaxBatchSize() > 0,
                  wish.classes(),
                  model.labels(output.name()));
      var fields =
          InferOutputTensor.newBuilder()
              .setName(shown.name())
              .setDatatype(shown.dataType().name())
              .addAllShape(shown.shape());
      SharedRange shared = wish.shared();
      if (shared == null) {
        contents.add(shown.bytes());
      } else {
        share(shown, shared, fields);
        contents.add(NOTHING);
      }
      response.addOutputs(fields);
    }
    WireAnswer whole = WireAnswer.of(response.build(), contents, release);
    if (whole.byteSize() > MAX_BYTES) {
      throw new InferenceException(
          ErrorReason.TOO_LARGE,
          "the answer has %d bytes (expected: below 2 GiB, as messages are; ask for fewer outputs)"
              .formatted(whole.byteSize()));
    }
    return streamed ? whole.streamed() : whole;
  }

  private void share(HostTensor output, SharedRange shared, InferOutputTensor.Builder fields) {
    long bytes = output.bytes().byteSize();
    if (bytes > shared.byteSize()) {
      throw new InferenceException(
          ErrorReason.INVALID_ARGUMENT,
          "shared memory size specified with the request for output '%s' (%d bytes) should be at least %d bytes"
              .formatted(output.name(), shared.byteSize(), bytes));
    }
    regions.write(shared, output.bytes());
    fields.putParameters(
        SharedRange.REGION, InferParameter.newBuilder().setStringParam(shared.region()).build());
    fields.putParameters(
        SharedRange.BYTE_SIZE, InferParameter.newBuilder().setInt64Param(bytes).build());
    if (shared.offset() != 0) {
      fields.putParameters(
          SharedRange.OFFSET, InferParameter.newBuilder().setInt64Param(shared.offset()).build());
    }
  }
}
