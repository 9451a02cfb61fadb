package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.DeviceBuffer;
import dev.synthorax.engine.DeviceStream;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.KnownPart;
import dev.synthorax.engine.NativeHandles;
import dev.synthorax.engine.RowOperations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Row operations as kernels. What a call is told travels as the kernel's parameter, a table of a
 * fixed size: nothing is uploaded, and a recorded call repeats what it was told. Rows that one
 * table does not hold go into further launches.
 *
 * <p>Buffers lie on the device or in its staging memory.
 *
 * <p><b>Ownership:</b> owns the kernels' modules.
 *
 * <p><b>Threading:</b> as {@link RowOperations}.
 */
final class CudaRowOperations implements RowOperations {

  /** System property: folder where compiled kernels are kept. */
  static final String CACHE = "dev.synthorax.kernels.cache";

  private static final int THREADS = 128; // a block, as the kernels are compiled for
  private static final int MAX_BLOCKS = 1 << 16; // of one row; threads take more than one unit then

  private final NativeHandles.Handle handle;
  private final Device device;
  private final List<CudaModule> modules = new ArrayList<>(); // owned
  private final Map<Kernel, CudaFunction> functions = new EnumMap<>(Kernel.class);

  private CudaRowOperations(Device device) {
    this.device = device;
    handle = NativeHandles.register("cuda.RowOperations", device.name());
  }

  /**
   * Compiles the kernels for a device, unless they are kept from an earlier start, and loads them.
   *
   * @param driver borrowed; closed after this
   * @param cache folder of compiled kernels, made if missing
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} if the compiler is missing or does not know the
   *     device; {@code BACKEND_FAILURE} if a kernel does not compile or load
   */
  @MustBeClosed
  static CudaRowOperations open(CudaDriver driver, Device device, Path cache) {
    var operations = new CudaRowOperations(device);
    try {
      operations.load(driver, cache);
      return operations;
    } catch (RuntimeException failure) {
      operations.close();
      throw failure;
    }
  }

  /** Where compiled kernels are kept unless told otherwise. */
  static Path cacheFolder() {
    String folder = System.getProperty(CACHE);
    if (folder != null) {
      return Path.of(folder);
    }
    String cache = System.getenv("SYNTHORAX_CACHE");
    return cache != null && !cache.isBlank()
        ? Path.of(cache, "kernels")
        : Path.of(System.getProperty("user.home"), ".cache", "synthorax", "kernels");
  }

  @SuppressWarnings("MustBeClosedChecker") // modules are closed by close
  private void load(CudaDriver driver, Path folder) {
    Nvrtc nvrtc = NvrtcLibrary.open(folder);
    var cache = new KernelCache(folder);
    int capability = driver.computeCapability(device);
    for (Kernel kernel : Kernel.values()) {
      byte[] cubin = cache.cubin(kernel, nvrtc, capability);
      CudaModule module = CudaModule.load(driver.context(device), cubin);
      modules.add(module);
      functions.put(kernel, module.function(kernel.function()));
    }
  }

  /** A kernel with its table, ready to go. */
  private record Launch(Kernel kernel, int blocks, int rows, KernelTable table) {}

  /**
   * Enough blocks for the longest row.
   *
   * @param units of one row, as many as threads can work on it
   */
  private static int blocks(long units) {
    return Math.clamp((units + THREADS - 1) / THREADS, 1, MAX_BLOCKS);
  }

  private void run(DeviceStream stream, List<Launch> launches) {
    handle.requireOpen();
    for (Launch launch : launches) {
      MemorySegment table = launch.table.bytes();
      Objects.requireNonNull(functions.get(launch.kernel))
          .launch(stream, launch.blocks, launch.rows, THREADS, table);
    }
  }

  @Override
  public void gather(DeviceStream stream, List<Row> rows, Inputs to) {
    to.requireFits(rows);
    try (Arena arena = Arena.ofConfined()) {
      var launches = new ArrayList<Launch>();
      for (int first = 0; first < to.rows(); first += Tables.GATHER_ROWS) {
        int count = Math.min(Tables.GATHER_ROWS, to.rows() - first);
        KernelTable table = Tables.gather(new KernelTable(device, arena), rows, to, first, count);
        launches.add(new Launch(Kernel.GATHER, blocks(Tables.gatherUnits(to)), count, table));
      }
      run(stream, launches);
    }
  }

  @Override
  public void scatter(DeviceStream stream, List<Transfer> tensors, int[] rowOf) {
    tensors.forEach(tensor -> tensor.requireRows(rowOf));
    try (Arena arena = Arena.ofConfined()) {
      run(stream, scatters(arena, tensors, rowOf));
    }
  }

  private List<Launch> scatters(Arena arena, List<Transfer> tensors, int[] rowOf) {
    var launches = new ArrayList<Launch>();
    for (int first = 0; first < tensors.size(); first += Tables.SCATTER_TENSORS) {
      List<Transfer> some =
          tensors.subList(first, Math.min(tensors.size(), first + Tables.SCATTER_TENSORS));
      long units = some.stream().mapToLong(Tables::scatterUnits).max().orElse(0);
      for (int row = 0; row < rowOf.length; row += Tables.SCATTER_ROWS) {
        int rows = Math.min(Tables.SCATTER_ROWS, rowOf.length - row);
        KernelTable table = Tables.scatter(new KernelTable(device, arena), some, rowOf, row, rows);
        launches.add(new Launch(Kernel.SCATTER, blocks(units), some.size() * rows, table));
      }
    }
    return launches;
  }

  @Override
  public void update(DeviceStream stream, List<Update> images, Tensor outputs) {
    images.forEach(image -> image.requireWithin(outputs));
    try (Arena arena = Arena.ofConfined()) {
      var launches = new ArrayList<Launch>();
      for (int first = 0; first < images.size(); ) {
        long bytes = images.get(first).latents().byteSize();
        int end = first + 1;
        while (end < Math.min(images.size(), first + Tables.UPDATE_IMAGES)
            && images.get(end).latents().byteSize() == bytes) {
          end++;
        }
        List<Update> some = images.subList(first, end);
        KernelTable table = Tables.update(new KernelTable(device, arena), some, outputs);
        launches.add(
            new Launch(Kernel.UPDATE, blocks(Tables.updateUnits(bytes)), some.size(), table));
        first = end;
      }
      run(stream, launches);
    }
  }

  @Override
  public void restore(DeviceStream stream, List<KnownPart> parts) {
    try (Arena arena = Arena.ofConfined()) {
      var launches = new ArrayList<Launch>();
      for (int first = 0; first < parts.size(); ) {
        long bytes = parts.get(first).latents().byteSize();
        int end = first + 1;
        while (end < Math.min(parts.size(), first + Tables.RESTORE_IMAGES)
            && parts.get(end).latents().byteSize() == bytes) {
          end++;
        }
        List<KnownPart> some = parts.subList(first, end);
        KernelTable table = Tables.restore(new KernelTable(device, arena), some);
        launches.add(
            new Launch(Kernel.RESTORE, blocks(Tables.updateUnits(bytes)), some.size(), table));
        first = end;
      }
      run(stream, launches);
    }
  }

  @Override
  public void normal(DeviceStream stream, long seed, long image, int step, DeviceBuffer target) {
    RowOperations.requireFloats("target", target);
    try (Arena arena = Arena.ofConfined()) {
      KernelTable table = Tables.normal(new KernelTable(device, arena), target, seed, image, step);
      int blocks = blocks(Tables.updateUnits(target.byteSize()));
      run(stream, List.of(new Launch(Kernel.NORMAL, blocks, 1, table)));
    }
  }

  @Override
  public void grey(DeviceStream stream, Tensor samples, int channels, List<Picture> pictures) {
    pictures.forEach(picture -> picture.requireWithin(samples, channels));
    try (Arena arena = Arena.ofConfined()) {
      var counters =
          pictures.stream()
              .map(picture -> new Transfer(null, picture.notFinite(), Integer.BYTES))
              .toList();
      var launches = new ArrayList<>(scatters(arena, counters, new int[] {ZERO}));
      for (int first = 0; first < pictures.size(); ) {
        long size = pictures.get(first).size();
        int end = first + 1;
        while (end < Math.min(pictures.size(), first + Tables.GREY_PICTURES)
            && pictures.get(end).size() == size) {
          end++;
        }
        List<Picture> some = pictures.subList(first, end);
        KernelTable table = Tables.grey(new KernelTable(device, arena), samples, channels, some);
        launches.add(new Launch(Kernel.GREY, blocks(Tables.greyUnits(size)), some.size(), table));
        first = end;
      }
      run(stream, launches);
    }
  }

  @Override
  public void close() {
    if (handle.close()) {
      modules.forEach(CudaModule::close);
    }
  }
}
