package dev.synthorax.client.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthorax.client.ClientOptions;
import dev.synthorax.client.FakeServer;
import dev.synthorax.client.FakeServices;
import dev.synthorax.client.SynthoraxClient;
import dev.synthorax.client.SynthoraxException;
import dev.synthorax.proto.v1.GenerationSpec;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class GenerationEngineTest {
  private final FakeServices fake = new FakeServices();
  private final Heard heard = new Heard();

  /** Keeps what it hears. */
  private static final class Heard implements GenerationListener {
    private final List<String> made = Collections.synchronizedList(new ArrayList<>());
    private final List<String> warned = Collections.synchronizedList(new ArrayList<>());
    private final List<String> steps = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void steps(int stepsDone, int stepsTotal) {
      steps.add(stepsDone + "/" + stepsTotal);
    }

    @Override
    public void made(String id, String what, int done, int total, boolean reused) {
      made.add(id + " " + done + "/" + total + (reused ? " reused" : ""));
    }

    @Override
    public void warned(String warning) {
      warned.add(warning);
    }
  }

  private static PlannedRequest request(long seed, String... ids) {
    return new PlannedRequest(
        List.of(ids),
        GenerationSpec.newBuilder()
            .setPrompt("p")
            .setSeed(seed)
            .setCount(ids.length)
            .setNumInferenceSteps(10)
            .build());
  }

  private List<String> ask(int images, PlannedRequest... requests) throws Exception {
    List<String> kept = Collections.synchronizedList(new ArrayList<>());
    try (FakeServer server = FakeServer.start(fake);
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      GenerationEngine engine = new GenerationEngine(client, images, heard);
      engine.run(
          requests.length,
          1,
          i ->
              engine.ask(
                  requests[i],
                  (image, pixels) -> {
                    kept.add(image.id() + " " + pixels.width());
                    engine.made(image.id(), "", false);
                  }));
    }
    return kept;
  }

  @Test
  void ask_severalRequests_keepsEveryImageAndCountsStepsOfTheWholeRun() throws Exception {
    fake.warnings.add("said once");

    List<String> kept = ask(3, request(1, "0001", "0002"), request(5, "0003"));

    assertThat(kept).containsExactly("0002 128", "0001 128", "0003 128"); // the fake's order
    assertThat(heard.made).containsExactly("0002 1/3", "0001 2/3", "0003 3/3");
    assertThat(heard.warned).containsExactly("said once");
    assertThat(heard.steps).startsWith("0/30").endsWith("30/30");
  }

  @Test
  void ask_callThatIsTriedAgain_countsItsStepsOnce() throws Exception {
    fake.failNextStreamAfter(
        2, FakeServices.failure(Status.Code.UNAVAILABLE, "DRAINING", "draining"));

    List<String> kept = ask(2, request(1, "0001", "0002"));

    assertThat(kept).hasSize(2);
    assertThat(fake.requests).hasSize(2);
    assertThat(heard.steps).startsWith("0/20", "10/20", "0/20").endsWith("20/20");
  }

  @Test
  void ask_imageThatCannotBeKept_endsTheRunWithItsFailure() throws Exception {
    try (FakeServer server = FakeServer.start(fake);
        SynthoraxClient client = SynthoraxClient.open(server.target(), ClientOptions.DEFAULT)) {
      AtomicInteger offered = new AtomicInteger();
      GenerationEngine engine = new GenerationEngine(client, 3, heard);

      assertThatThrownBy(
              () ->
                  engine.ask(
                      request(1, "0001", "0002", "0003"),
                      (_, _) -> {
                        offered.incrementAndGet();
                        throw new IOException("no room");
                      }))
          .isInstanceOf(IOException.class)
          .hasMessage("no room");
      assertThat(offered).hasValue(1);
    }
  }

  @Test
  void ask_answerWithoutItsLastImage_namesTheRequest() {
    fake.forgetLastImage();

    assertThatThrownBy(() -> ask(2, request(1, "0001", "0002")))
        .isInstanceOf(SynthoraxException.class)
        .hasMessage("the answer to 0001 ended after 1 images (expected: 2); try again");
  }

  @Test
  void run_manyTasks_areNeverMoreAtOnceThanAllowed() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3); // as many are under way at some time
    List<Integer> done = Collections.synchronizedList(new ArrayList<>());

    new GenerationEngine(null, 20, heard)
        .run(
            20,
            3,
            index -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              three.countDown();
              awaitQuietly(three);
              done.add(index);
              now.decrementAndGet();
            });

    assertThat(most).hasValue(3);
    assertThat(done).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void run_taskThatFails_interruptsTheOthersAndWaitsForThem() {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();

    assertThatThrownBy(
            () ->
                new GenerationEngine(null, 9, heard)
                    .run(
                        9,
                        2,
                        index -> {
                          if (index == 0) {
                            waiting.countDown();
                            awaitQuietly(new CountDownLatch(1)); // until it is interrupted
                            ended.incrementAndGet();
                          } else {
                            awaitQuietly(waiting);
                            throw new IOException("broken");
                          }
                        }))
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
    assertThat(ended).hasValue(1);
  }

  @Test
  void made_reusedAndLeftOut_areCounted() {
    GenerationEngine engine = new GenerationEngine(null, 3, heard);

    engine.made("a", "", true);
    engine.leftOut();
    engine.made("c", "", false);

    assertThat(heard.made).containsExactly("a 1/3 reused", "c 3/3");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
