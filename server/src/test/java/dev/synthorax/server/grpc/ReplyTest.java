package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ReplyTest {
  @Test
  void requireOneMessage_moreThanAMessageHolds_isRefusedByItsCount() {
    assertThatCode(() -> Reply.requireOneMessage(255, 1 << 23)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Reply.requireOneMessage(256, 1 << 23))
        .isInstanceOf(FieldException.class)
        .hasMessage(
            "count: 256 images of up to 8388608 bytes each (expected: at most 2147483647 bytes in"
                + " one answer; GenerateStream sends them one by one)");
  }
}
