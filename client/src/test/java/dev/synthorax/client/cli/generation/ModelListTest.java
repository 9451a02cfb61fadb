package dev.synthorax.client.cli.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ModelListTest extends GenerateCase {
  @Test
  void models_noName_listsThem() {
    int exit = runOnFake("models");

    assertThat(exit).isZero();
    assertThat(out.toString().lines().toList())
        .containsExactly(
            "NAME      VERSION       STATE     DESCRIPTION",
            "fake-cxr  0123456789ab  ready     A pattern instead of a thorax.");
  }

  @Test
  void models_name_describesIt() {
    int exit = runOnFake("models", "fake-cxr");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("structures").contains("lungs, heart, pneumothorax");
  }
}
