/* NVML, from the same library. */
#include "fakecuda.h"

#include <stdio.h>
#include <stdlib.h>

EXPORT int nvmlInit_v2(void) { return 0; }

EXPORT int nvmlSystemGetDriverVersion(char *out, unsigned size) {
  snprintf(out, size, "580.00.01");
  return 0;
}

EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **out) {
  unsigned number;
  if (sscanf(bus, "0000:%x:00.0", &number) != 1) {
    return 6; /* not found */
  }
  *out = (void *)(uintptr_t)number;
  return 0;
}

EXPORT int nvmlDeviceGetMemoryInfo(void *device, uint64_t out[3]) {
  (void)device;
  out[0] = 4000;
  out[1] = 3000;
  out[2] = 1000;
  return 0;
}

EXPORT int nvmlDeviceGetUtilizationRates(void *device, unsigned out[2]) {
  (void)device;
  out[0] = 42;
  out[1] = 7;
  return 0;
}

EXPORT int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *out) {
  (void)device;
  *out = 61;
  return sensor == 0 ? 0 : 2;
}

EXPORT int nvmlDeviceGetPowerUsage(void *device, unsigned *out) {
  *out = 250500;
  return (uintptr_t)device == 2 ? 3 : 0; /* the second device does not tell */
}
