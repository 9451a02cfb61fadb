package dev.synthorax.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj("m%04d"::formatted).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6, 7, 8, 0, 5000})
  void of_everyPageInTurn_givesEachOnceInOrder(int size) {
    List<String> all = names(7);
    var seen = new ArrayList<String>();

    Page<String> page = Page.of(all.reversed(), Function.identity(), size, "");
    seen.addAll(page.items());
    while (!page.nextToken().isEmpty()) {
      page = Page.of(all, Function.identity(), size, page.nextToken());
      assertThat(page.items()).isNotEmpty();
      seen.addAll(page.items());
    }

    assertThat(seen).isEqualTo(all);
  }

  @Test
  void of_sizeLeftOpenOrBeyondTheMost_isAHundredOrAThousand() {
    List<String> all = names(1001);

    assertThat(Page.of(all, Function.identity(), 0, "").items()).hasSize(100);
    assertThat(Page.of(all, Function.identity(), 5000, "").items()).hasSize(1000);
  }

  @Test
  void of_itemGoneBetweenPages_goesOnBehindIt() {
    String token = Page.of(names(3), Function.identity(), 2, "").nextToken();

    assertThat(Page.of(List.of("m0000", "m0002"), Function.identity(), 2, token))
        .isEqualTo(new Page<>(List.of("m0002"), ""));
  }

  @Test
  void of_nothing_isOneEmptyPage() {
    assertThat(Page.of(List.<String>of(), Function.identity(), 10, ""))
        .isEqualTo(new Page<>(List.of(), ""));
  }

  @Test
  void of_negativeSize_isRefused() {
    assertThatThrownBy(() -> Page.of(names(1), Function.identity(), -1, ""))
        .isInstanceOf(FieldException.class)
        .hasMessage("page_size: -1 (expected: 0 to 1000)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"m0001", "%%%", "AAAA"})
  void of_tokenOfAnother_isRefused(String token) {
    assertThatThrownBy(() -> Page.of(names(1), Function.identity(), 1, token))
        .isInstanceOf(FieldException.class)
        .hasMessage("page_token: " + token + " (expected: a next_page_token of this server)");
  }
}
