package dev.synthorax.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderedParallelTest {
  private static Iterator<Callable<Integer>> numbers(int count, AtomicInteger taken) {
    return IntStream.range(0, count)
        .<Callable<Integer>>mapToObj(
            number -> {
              taken.incrementAndGet();
              return () -> number;
            })
        .iterator();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void forEach_anyThreads_keepsTheOrder(int threads) throws Exception {
    List<Integer> results = new ArrayList<>();

    OrderedParallel.forEach(numbers(100, new AtomicInteger()), threads, results::add);

    assertThat(results).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void forEach_slowConsumer_takesFewTasksAhead() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    List<Integer> ahead = new ArrayList<>();

    OrderedParallel.forEach(numbers(1000, taken), 2, number -> ahead.add(taken.get() - number));

    assertThat(ahead).hasSize(1000).allMatch(count -> count <= 9);
  }

  @Test
  void forEach_taskFails_throwsTheFirstFailureInOrder() {
    List<Callable<Integer>> tasks =
        List.of(
            () -> 1,
            () -> {
              throw new IOException("images/2.png: damaged");
            },
            () -> {
              throw new IOException("images/3.png: damaged");
            });
    List<Integer> results = new ArrayList<>();

    assertThatThrownBy(() -> OrderedParallel.forEach(tasks.iterator(), 3, results::add))
        .isInstanceOf(IOException.class)
        .hasMessage("images/2.png: damaged");
    assertThat(results).containsExactly(1);
  }

  @Test
  void forEach_consumerFails_takesNoFurtherTasks() {
    AtomicInteger taken = new AtomicInteger();

    assertThatThrownBy(
            () ->
                OrderedParallel.forEach(
                    numbers(1000, taken),
                    2,
                    number -> {
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    assertThat(taken.get()).isLessThan(20);
  }

  @Test
  void forEach_noThreads_isRefused() {
    assertThatThrownBy(
            () -> OrderedParallel.forEach(List.<Callable<Integer>>of().iterator(), 0, number -> {}))
        .hasMessage("threads: 0 (expected: >= 1)");
  }
}
