package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendProvider;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.library.SharedLibraries;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvonnxparser;

/** TensorRT: the fastest where it runs, so it ranks first. */
public final class TensorRtProvider implements BackendProvider {

  /** For {@link java.util.ServiceLoader}. */
  public TensorRtProvider() {}

  @Override
  public String name() {
    return TensorRtBackend.NAME;
  }

  @Override
  public int preference() {
    return 20;
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the backend adopts driver and library
  public Backend open() {
    BuilderSettings settings = settings();
    CudaDriver driver = CudaDriver.open(); // first: without a driver nothing else matters
    try {
      loadLibraries();
      driver.makeCurrent(driver.devices().getFirst());
      return new TensorRtBackend(driver, NativeTensorRt.open(), settings);
    } catch (LinkageError failure) {
      driver.close();
      throw new InferenceException(
          ErrorReason.UNSUPPORTED,
          "TensorRT does not load here: "
              + String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
          failure);
    } catch (RuntimeException failure) {
      driver.close();
      throw failure;
    }
  }

  private static BuilderSettings settings() {
    try {
      return BuilderSettings.of(System.getProperty(BuilderSettings.LEVEL_PROPERTY));
    } catch (IllegalArgumentException e) {
      throw new InferenceException(ErrorReason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  private static void loadLibraries() {
    // JavaCPP refuses allocations once the process is larger than four times the Java heap; read
    // when its first class is loaded
    System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    ClassLoader jars = TensorRtProvider.class.getClassLoader();
    new NeededLibraries(
            SharedLibraries.ofThisHost(),
            file -> jars.getResource(file) != null,
            Loader.getPlatform())
        .load();
    Loader.load(nvonnxparser.class);
  }
}
