package dev.synthorax.server.repository;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.server.plain.PlainLoader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Loads ONNX models in Triton's layout. */
final class OnnxLoader implements ModelLoader {
  @Override
  public String kind() {
    return "an ONNX model";
  }

  @Override
  public @Nullable String lacks(Path folder) {
    return PlainLoader.lacks(folder);
  }

  @Override
  @MustBeClosed
  public ServedModel load(Request request) {
    Resources machine = request.resources();
    var loader =
        new PlainLoader(
            machine.backend(),
            machine.devices(),
            machine.threads(),
            machine.cache(),
            machine.responseBytes(),
            machine.answers(),
            request.progress());
    return new ServedModel.Plain(loader.load(request.name(), request.folder(), request.broken()));
  }
}
