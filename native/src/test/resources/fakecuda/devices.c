/* The driver as a whole, devices and their primary contexts. */
#include "fakecuda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Thread_local int current_device = -1;

static int device_count = -1; /* FAKECUDA_DEVICES, else 1 */
static int version = -1;      /* FAKECUDA_VERSION, else 13000 */
static int pools = 1;         /* whether devices have memory pools */
static int retained[MOST_DEVICES];
static result lost_with[MOST_DEVICES];

static int from_environment(const char *name, int otherwise) {
  const char *value = getenv(name);
  return value == NULL ? otherwise : atoi(value);
}

static int devices(void) {
  if (device_count < 0) {
    device_count = from_environment("FAKECUDA_DEVICES", 1);
  }
  return device_count;
}

EXPORT void fakecu_set_devices(int count) { device_count = count; }

EXPORT void fakecu_set_version(int number) { version = number; }

EXPORT void fakecu_set_pools(int have) { pools = have; }

result lost(int device) { return lost_with[device]; }

void lose(int device, result failure) {
  if (lost_with[device] == OK) {
    lost_with[device] = failure;
  }
}

int devices_retained(int device) { return retained[device]; }

void devices_forget(void) {
  memset(retained, 0, sizeof retained);
  memset(lost_with, 0, sizeof lost_with);
}

EXPORT result cuInit(unsigned flags) {
  BEGIN(cuInit, ANYWHERE)
  END(flags != 0 ? INVALID_VALUE : devices() == 0 ? NO_DEVICE : OK);
}

EXPORT result cuDriverGetVersion(int *out) {
  BEGIN(cuDriverGetVersion, ANYWHERE)
  if (version < 0) {
    version = from_environment("FAKECUDA_VERSION", 13000);
  }
  *out = version;
  END(OK);
}

EXPORT result cuGetErrorName(result of, const char **out) {
  static const struct {
    result value;
    const char *name;
  } NAMES[] = {
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {NO_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {NO_DEVICE, "CUDA_ERROR_NO_DEVICE"},
      {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
      {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT"},
      {214, "CUDA_ERROR_ECC_UNCORRECTABLE"},
      {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
      {719, "CUDA_ERROR_LAUNCH_FAILED"},
      {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"},
      {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
      {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"},
      {CAPTURE_ISOLATION, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION"},
      {CAPTURED_EVENT, "CUDA_ERROR_CAPTURED_EVENT"},
  };
  *out = NULL;
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    if (NAMES[i].value == of) {
      *out = NAMES[i].name;
      return OK;
    }
  }
  return INVALID_VALUE;
}

EXPORT result cuDeviceGetCount(int *out) {
  BEGIN(cuDeviceGetCount, ANYWHERE)
  *out = devices();
  END(OK);
}

EXPORT result cuDeviceGet(int *out, int index) {
  BEGIN(cuDeviceGet, ANYWHERE)
  *out = index;
  END(index >= 0 && index < devices() ? OK : INVALID_DEVICE);
}

EXPORT result cuDeviceGetName(char *out, int size, int device) {
  BEGIN(cuDeviceGetName, ANYWHERE)
  snprintf(out, (size_t)size, "Fake GPU %d", device);
  END(OK);
}

EXPORT result cuDeviceGetPCIBusId(char *out, int size, int device) {
  BEGIN(cuDeviceGetPCIBusId, ANYWHERE)
  snprintf(out, (size_t)size, "0000:%02x:00.0", device + 1);
  END(OK);
}

EXPORT result cuDeviceGetAttribute(int *out, int attribute, int device) {
  BEGIN(cuDeviceGetAttribute, ANYWHERE)
  (void)device;
  switch (attribute) {
    case 16: /* multiprocessors */
      *out = 4;
      break;
    case 75: /* compute capability */
      *out = 9;
      break;
    case 76:
      *out = 0;
      break;
    case 115: /* memory pools */
      *out = pools;
      break;
    default:
      violation("attribute: %d is asked for", attribute);
      END(INVALID_VALUE);
  }
  END(OK);
}

EXPORT result cuDevicePrimaryCtxRetain(handle *out, int device) {
  BEGIN(cuDevicePrimaryCtxRetain, ANYWHERE)
  if (device < 0 || device >= devices()) {
    END(INVALID_DEVICE);
  }
  if (lost(device) != OK) {
    END(lost(device));
  }
  retained[device]++;
  *out = (handle)CONTEXT << 40 | (handle)(device + 1);
  END(OK);
}

EXPORT result cuDevicePrimaryCtxRelease_v2(int device) {
  BEGIN(cuDevicePrimaryCtxRelease_v2, ANYWHERE | RELEASES)
  if (retained[device] == 0) {
    violation("context: of GPU %d is released more often than retained", device);
    END(INVALID_CONTEXT);
  }
  retained[device]--;
  END(OK);
}

EXPORT result cuCtxSetCurrent(handle context) {
  BEGIN(cuCtxSetCurrent, ANYWHERE)
  int device = (int)(context & 0xFF) - 1;
  if (context != 0 && (context >> 40 != CONTEXT || retained[device] == 0)) {
    violation("context: %llx is none, or released", (unsigned long long)context);
    END(INVALID_CONTEXT);
  }
  current_device = device;
  END(OK);
}
