package dev.synthorax.server.plain;

import dev.synthorax.engine.HostTensor;
import java.util.List;

/** AnswerBytes that a test makes up. */
public final class GivenAnswer {
  private GivenAnswer() {}

  /** An answer of these tensors; {@code release} runs when it is closed. */
  public static PlainAnswer of(List<HostTensor> outputs, Runnable release) {
    return new PlainAnswer(outputs, release);
  }
}
