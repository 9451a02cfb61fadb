package dev.synthorax.benchmarks.attack;

import com.google.protobuf.ByteString;
import dev.synthorax.proto.v1.GenerationSpec;
import dev.synthorax.proto.v1.StructureMask;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Clients that send masks of the greatest side in a loop. */
final class MaskFlood implements Attack {
  private static final int CLIENTS = 8;
  private static final double HEALTH_LIMIT_SECONDS = 0.5;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "masks";
  }

  @Override
  public String about() {
    return "eight clients with masks of 4,096 px a side that pack to kilobytes";
  }

  @Override
  public List<Figure> run(Scene scene) throws Exception {
    var figures = new ArrayList<Figure>();
    Duration time = scene.seconds(30, 15);
    try (AttackedServer server = scene.serving("masks", scene.settings())) {
      GenerationSpec usual = Specs.usual(4);
      PlainLoad.measure(server, usual, 2, Duration.ofSeconds(3)); // warm
      figures.add(
          Figure.told(
              "images/s of a plain client, no masks beside",
              PlainLoad.measure(server, usual, 2, time.dividedBy(2))));
      figures.addAll(flood(scene, server, MaskFiles.bits(MaskFiles.MAX_SIDE), "1 bit", time));
      figures.addAll(
          flood(scene, server, MaskFiles.deepColour(MaskFiles.MAX_SIDE), "4 x 16 bit", time));
      figures.add(Figure.told("resident memory, MiB, after masks", server.residentMebibytes()));
    }
    return figures;
  }

  private static List<Figure> flood(
      Scene scene, AttackedServer server, ByteString mask, String kind, Duration time)
      throws Exception {
    String when = "masks of %s, %d KB".formatted(kind, mask.size() / 1000);
    scene.tell(when);
    byte[] request =
        server.request(
            Specs.usual(1).toBuilder()
                .setGuidanceScale(1)
                .addMasks(StructureMask.newBuilder().setStructure("lungs").setPng(mask))
                .build());
    Queue<String> answers = new ConcurrentLinkedQueue<>();
    var channels = new ArrayList<ManagedChannel>();
    String kindOnly = "masks of " + kind;
    try (HealthProbe health = HealthProbe.start(server.target());
        PlainLoad plain = PlainLoad.start(server, Specs.usual(4), 2)) {
      for (int i = 0; i < CLIENTS; i++) {
        channels.add(Wire.channel(server.target()));
        again(channels.getLast(), request, answers);
      }
      Thread.sleep(time);
      var figures = new ArrayList<Figure>();
      figures.add(Figure.told("bytes of a mask, " + kindOnly, mask.size()));
      figures.add(Figure.told("images/s of a plain client, " + kindOnly, plain.imagesPerSecond()));
      figures.add(Figure.told("refusals of a plain client, " + kindOnly, plain.failures()));
      figures.add(Figure.told("answers, " + kindOnly, Scene.counted(answers)));
      channels.forEach(ManagedChannel::shutdownNow);
      figures.addAll(health.figures(kindOnly, HEALTH_LIMIT_SECONDS));
      return figures;
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static void again(ManagedChannel channel, byte[] request, Queue<String> answers) {
    if (channel.isShutdown()) {
      return;
    }
    var _ =
        Wire.call(channel, Wire.GENERATE, request, CALL_LIMIT)
            .thenAccept(
                answer -> {
                  if (!channel.isShutdown()) {
                    answers.add(answer.shown());
                    again(channel, request, answers);
                  }
                });
  }
}
