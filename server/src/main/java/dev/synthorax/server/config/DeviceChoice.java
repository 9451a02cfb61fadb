package dev.synthorax.server.config;

import dev.synthorax.engine.Device;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which devices of a backend models run on, each with a copy of every model.
 *
 * @param indexes of {@link Device#index}, in this order; empty: all there are
 */
public record DeviceChoice(List<Integer> indexes) {
  /** Every device of the kind that the backend prefers. */
  public static final DeviceChoice ALL = new DeviceChoice(List.of());

  public DeviceChoice {
    indexes = indexes.stream().distinct().toList();
  }

  /**
   * Chooses.
   *
   * @param devices of a backend, the default first
   * @return of the kind of the first; of processors one, since one copy has all their cores
   * @throws InferenceException {@code INVALID_ARGUMENT} if there is no such device
   */
  public List<Device> of(List<Device> devices) {
    Device.Kind kind = devices.getFirst().kind();
    List<Device> there =
        kind == Device.Kind.CPU
            ? devices.subList(0, 1)
            : devices.stream().filter(device -> device.kind() == kind).toList();
    if (indexes.isEmpty()) {
      return there;
    }
    var chosen = new ArrayList<Device>(indexes.size());
    for (int index : indexes) {
      chosen.add(
          there.stream()
              .filter(device -> device.index() == index)
              .findFirst()
              .orElseThrow(
                  () ->
                      new InferenceException(
                          ErrorReason.INVALID_ARGUMENT,
                          "device: %d (expected: one of %s)"
                              .formatted(index, there.stream().map(Device::name).toList()))));
    }
    return chosen;
  }
}
