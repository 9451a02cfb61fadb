package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.server.repository.ModelState;
import dev.synthorax.server.repository.ModelStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPageTest {
  private static ModelStatus model(String name) {
    return new ModelStatus(name, ModelState.LOADING, "It is being loaded.", null);
  }

  private static List<ModelStatus> models(int count) {
    return IntStream.range(0, count).mapToObj(i -> model("m%04d".formatted(i))).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 8, 0, 5000})
  void of_everyPageInTurn_givesEachModelOnceInOrder(int size) {
    List<ModelStatus> all = models(7);
    var seen = new ArrayList<ModelStatus>();

    ModelPage page = ModelPage.of(all.reversed(), size, "");
    seen.addAll(page.models());
    while (!page.nextToken().isEmpty()) {
      page = ModelPage.of(all, size, page.nextToken());
      assertThat(page.models()).isNotEmpty();
      seen.addAll(page.models());
    }

    assertThat(seen).isEqualTo(all);
  }

  @Test
  void of_sizeLeftOpenOrBeyondTheMost_isAHundredOrAThousand() {
    List<ModelStatus> all = models(1001);

    assertThat(ModelPage.of(all, 0, "").models()).hasSize(100);
    assertThat(ModelPage.of(all, 5000, "").models()).hasSize(1000);
  }

  @Test
  void of_modelGoneBetweenPages_goesOnBehindIt() {
    String token = ModelPage.of(models(3), 2, "").nextToken();

    assertThat(ModelPage.of(List.of(model("m0000"), model("m0002")), 2, token))
        .isEqualTo(new ModelPage(List.of(model("m0002")), ""));
  }

  @Test
  void of_noModels_isOneEmptyPage() {
    assertThat(ModelPage.of(List.of(), 10, "")).isEqualTo(new ModelPage(List.of(), ""));
  }

  @Test
  void of_negativeSize_isRefused() {
    assertThatThrownBy(() -> ModelPage.of(models(1), -1, ""))
        .isInstanceOf(FieldException.class)
        .hasMessage("page_size: -1 (expected: 0 to 1000)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"m0001", "%%%", "AAAA"})
  void of_tokenOfAnother_isRefused(String token) {
    assertThatThrownBy(() -> ModelPage.of(models(1), 1, token))
        .isInstanceOf(FieldException.class)
        .hasMessage("page_token: " + token + " (expected: a next_page_token of this server)");
  }
}
