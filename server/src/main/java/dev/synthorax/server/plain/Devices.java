package dev.synthorax.server.plain;

import dev.synthorax.engine.Device;
import dev.synthorax.proto.inference.ModelInstanceGroup;
import dev.synthorax.proto.inference.ModelInstanceGroup.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where instances run.
 *
 * @param usual devices of models that do not say
 * @param all of the backend
 */
record Devices(List<Device> usual, List<Device> all) {
  Devices {
    usual = List.copyOf(usual);
    all = List.copyOf(all);
  }

  /** What a model that does not say has: one instance on each usual device. */
  ModelInstanceGroup group() {
    Kind kind =
        switch (usual.getFirst().kind()) {
          case CPU -> Kind.KIND_CPU;
          case GPU -> Kind.KIND_GPU;
        };
    return ModelInstanceGroup.newBuilder().setKind(kind).setCount(1).build();
  }

  /**
   * Instances on each device.
   *
   * @throws dev.synthorax.engine.InferenceException {@code MODEL_FAILED} if there is no such device
   */
  Map<Device, Integer> instances(List<ModelInstanceGroup> groups) {
    var counts = new LinkedHashMap<Device, Integer>();
    for (ModelInstanceGroup group : groups.isEmpty() ? List.of(group()) : groups) {
      for (Device device : devices(group)) {
        counts.merge(device, Math.max(1, group.getCount()), Integer::sum);
      }
    }
    return counts;
  }

  private List<Device> devices(ModelInstanceGroup group) {
    List<Device> of =
        switch (group.getKind()) {
          case KIND_AUTO -> group.getGpusCount() > 0 ? gpus(group) : usual;
          case KIND_GPU -> gpus(group);
          case KIND_CPU ->
              all.stream().filter(each -> each.kind() == Device.Kind.CPU).limit(1).toList();
          case KIND_MODEL, UNRECOGNIZED -> List.of(); // refused before
        };
    if (of.isEmpty()) {
      throw ModelConfigFile.failed(
          "%s: instance_group: %s %s (expected: one of %s)"
              .formatted(
                  ModelConfigFile.NAME,
                  group.getKind(),
                  group.getGpusList(),
                  all.stream().map(Device::name).toList()),
          null);
    }
    return of;
  }

  private List<Device> gpus(ModelInstanceGroup group) {
    return (group.getGpusCount() > 0 ? all : usual)
        .stream()
            .filter(each -> each.kind() == Device.Kind.GPU)
            .filter(each -> group.getGpusCount() == 0 || group.getGpusList().contains(each.index()))
            .toList();
  }
}
