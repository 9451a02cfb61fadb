package dev.synthorax.engine.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCacheTest {
  private static final PlanKey KEY =
      new PlanKey("unet 1.onnx", "graph: a\nrows: [2]\n", "gpu: b\n");

  private static final byte[] TIMINGS = {1, 2, 3};

  @TempDir Path folder;

  private static MemorySegment bytes(int length) {
    byte[] plan = new byte[length];
    for (int i = 0; i < length; i++) {
      plan[i] = (byte) ((i * 31) >> 3);
    }
    return MemorySegment.ofArray(plan);
  }

  private Path file() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".plan")).findFirst().orElseThrow();
    }
  }

  private PlanCache kept(int length) {
    var cache = new PlanCache(folder);
    cache.keep(KEY, bytes(length), TIMINGS);
    return cache;
  }

  @Test
  void plan_kept_isTheSameBytesPageAligned() throws IOException {
    PlanCache cache = kept(3_000_001);

    MemorySegment plan = requireNonNull(cache.plan(KEY));

    assertThat(plan.mismatch(bytes(3_000_001))).isEqualTo(-1);
    assertThat(plan.address() % PlanCache.HEADER_BYTES).isZero();
    assertThat(file().getFileName().toString()).startsWith("unet_1.onnx-" + KEY.id());
  }

  @Test
  void plan_ofAnotherKeyUnderThisName_isNotUsed() throws IOException {
    PlanCache cache = kept(100);
    var foreign = new PlanKey("unet 1.onnx", "graph: a\nrows: [4]\n", "gpu: b\n");
    cache.keep(foreign, bytes(100), TIMINGS);
    Path ours = file(folder, KEY);
    Files.copy(file(folder, foreign), ours, StandardCopyOption.REPLACE_EXISTING);

    assertThat(cache.plan(KEY)).isNull();
    assertThat(cache.plan(foreign)).isNotNull();
  }

  private static Path file(Path folder, PlanKey key) {
    return folder.resolve("unet_1.onnx-" + key.id() + ".plan");
  }

  @Test
  void plan_damagedAnywhere_isNotUsed() throws IOException {
    PlanCache cache = kept(1000);
    byte[] whole = Files.readAllBytes(file());

    for (int at : new int[] {0, 30, 200, PlanCache.HEADER_BYTES, whole.length - 1}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file(), damaged);
      assertThat(cache.plan(KEY)).as("byte %d", at).isNull();
    }
    for (int length : new int[] {0, 17, PlanCache.HEADER_BYTES, whole.length - 1}) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThat(cache.plan(KEY)).as("length %d", length).isNull();
    }
    Files.write(file(), whole);
    assertThat(cache.plan(KEY)).isNotNull();
  }

  @Test
  void keep_headerForPeople_tellsTheKey() throws IOException {
    kept(10);

    String header = new String(Files.readAllBytes(file()), 0, 200, StandardCharsets.UTF_8);
    assertThat(header).startsWith("Synthorax plan 1\nsha256: ").contains("\ngraph: a\nrows: [2]\n");
  }

  @Test
  void drop_keptPlan_isGone() {
    PlanCache cache = kept(10);

    cache.drop(KEY);
    cache.drop(KEY);

    assertThat(cache.plan(KEY)).isNull();
  }

  @Test
  void keep_folderThatCannotBeWritten_goesOn() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    var cache = new PlanCache(file.resolve("below"));

    cache.keep(KEY, bytes(10), TIMINGS);

    assertThat(cache.plan(KEY)).isNull();
    assertThat(cache.timings(KEY).byteSize()).isZero();
  }

  @Test
  void noFolder_keepsNothing() {
    var cache = new PlanCache(null);

    cache.keep(KEY, bytes(10), TIMINGS);
    cache.drop(KEY);

    assertThat(cache.plan(KEY)).isNull();
    assertThat(cache.timings(KEY).byteSize()).isZero();
  }

  @Test
  void timings_kept_serveEveryGraphOfTheMachine() {
    PlanCache cache = kept(10);

    MemorySegment same = cache.timings(new PlanKey("vae.onnx", "graph: c\n", "gpu: b\n"));
    MemorySegment other = cache.timings(new PlanKey("vae.onnx", "graph: c\n", "gpu: d\n"));
    assertThat(same.toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
    assertThat(other.byteSize()).isZero();
  }
}
