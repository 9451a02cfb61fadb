package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.library.SharedLibraries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.cuda.presets.cublas;
import org.bytedeco.cuda.presets.cudart;
import org.bytedeco.cuda.presets.cudnn;
import org.bytedeco.cuda.presets.nvrtc;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.tensorrt.presets.nvinfer;
import org.bytedeco.tensorrt.presets.nvinfer_plugin;
import org.bytedeco.tensorrt.presets.nvonnxparser;

/**
 * The libraries that JavaCPP's classes for TensorRT load when the first of them is used. They are
 * looked for before that, one by one, so that what is missing is named. Which versions is what
 * those classes say of themselves.
 *
 * @param host where the host's are looked for
 * @param onClassPath whether a jar holds a file of that name
 * @param platform as JavaCPP calls it, such as {@code linux-x86_64}
 */
record NeededLibraries(SharedLibraries host, Predicate<String> onClassPath, String platform) {

  /** Parts of this product's build, each with the folder of jars that it lies in. */
  private static final Map<String, List<String>> PARTS =
      Map.of(
          "tensorrt", List.of("jninvinfer", "jninvinfer_plugin", "jninvonnxparser"),
          "cuda", List.of("jnicudart", "jnicublas", "jnicudnn", "jninvrtc"));

  private static final List<Class<?>> PRESETS =
      List.of(
          cudart.class,
          cublas.class,
          cudnn.class,
          nvrtc.class,
          nvinfer.class,
          nvinfer_plugin.class,
          nvonnxparser.class);

  /** A library, the folder of jars that may hold it, and where people get it. */
  private record Needed(String name, String jars, String advice) {}

  private static final String TENSORRT = "build with -Pgpu, or install TensorRT %s on this host";

  private static final List<Needed> NEEDED =
      List.of(
          new Needed("cudart", "cuda", "install CUDA %s's runtime (Python: nvidia-cuda-runtime)"),
          new Needed("cublasLt", "cuda", "install CUDA %s's cuBLAS (Python: nvidia-cublas)"),
          new Needed("cublas", "cuda", "install CUDA %s's cuBLAS (Python: nvidia-cublas)"),
          new Needed("cudnn_graph", "cuda", "install cuDNN %s (Python: nvidia-cudnn-cu%s)"),
          new Needed("cudnn_ops", "cuda", "install cuDNN %s (Python: nvidia-cudnn-cu%s)"),
          new Needed("cudnn_cnn", "cuda", "install cuDNN %s (Python: nvidia-cudnn-cu%s)"),
          new Needed("cudnn_adv", "cuda", "install cuDNN %s (Python: nvidia-cudnn-cu%s)"),
          new Needed("nvrtc", "cuda", "install CUDA %s's NVRTC (Python: nvidia-cuda-nvrtc)"),
          new Needed("nvinfer", "tensorrt", TENSORRT),
          new Needed("nvinfer_plugin", "tensorrt", TENSORRT),
          new Needed("nvonnxparser", "tensorrt", TENSORRT));

  /**
   * Loads those that the host has, in an order in which each finds the ones that it needs. The
   * jars' are left to JavaCPP, unless the user named a folder that has the same: who loads a
   * library by its name afterwards gets the one that was loaded first.
   *
   * @throws InferenceException {@code UNSUPPORTED}, naming the first that is missing and what to do
   */
  void load() {
    requireParts();
    Map<String, String> versions = versions();
    for (Needed needed : NEEDED) {
      String version = versions.getOrDefault(needed.name, "");
      String file = "lib" + needed.name + ".so." + version;
      if (host.isNamed(file) || !onClassPath.test(resource(needed.jars, file))) {
        host.require(file, needed.advice.formatted(version, versions.get("cudart")));
      }
    }
  }

  private void requireParts() {
    PARTS.forEach(
        (jars, names) -> {
          for (String name : names) {
            if (!onClassPath.test(resource(jars, "lib" + name + ".so"))) {
              throw new InferenceException(
                  ErrorReason.UNSUPPORTED,
                  "TensorRT is no part of this build (lib%s.so for %s is missing); build with -Pgpu"
                      .formatted(name, platform));
            }
          }
        });
  }

  private String resource(String jars, String file) {
    return "org/bytedeco/" + jars + "/" + platform + "/" + file;
  }

  /** By name, as {@code 13} for {@code cudart}. */
  static Map<String, String> versions() {
    var versions = new HashMap<String, String>();
    for (Class<?> preset : PRESETS) {
      for (String link : links(preset)) {
        int at = link.indexOf("@.");
        if (at > 0) {
          versions.putIfAbsent(link.substring(0, at), link.substring(at + 2).replace("#", ""));
        }
      }
    }
    return versions;
  }

  private static List<String> links(Class<?> preset) {
    var links = new ArrayList<String>();
    Properties properties = preset.getAnnotation(Properties.class);
    if (properties != null) {
      for (Platform part : properties.value()) {
        links.addAll(List.of(part.link()));
      }
    }
    return links;
  }
}
