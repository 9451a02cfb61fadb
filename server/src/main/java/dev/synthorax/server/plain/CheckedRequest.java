package dev.synthorax.server.plain;

import dev.synthorax.engine.HostTensor;
import java.util.List;

/**
 * A request that fits the model.
 *
 * @param rows of the batch; 1 where the model has none
 * @param inputs in the model's order
 * @param outputs names in the order of the answer
 * @param company what requests of one run must have in common: dims of the inputs without the batch
 * @param outputBytes of the answer, as far as dims are known before
 */
record CheckedRequest(
    int rows,
    List<HostTensor> inputs,
    List<String> outputs,
    List<List<Long>> company,
    long outputBytes) {
  CheckedRequest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    company = List.copyOf(company);
  }
}
