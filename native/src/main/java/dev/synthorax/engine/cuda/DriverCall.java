package dev.synthorax.engine.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/**
 * The driver's functions that are called, each named as its exported symbol: the suffix is the
 * version of its binary interface.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">CUDA Driver API</a>
 */
enum DriverCall {
  cuInit("i"),
  cuDriverGetVersion("p"),
  cuGetErrorName("ip"),
  cuDeviceGetCount("p"),
  cuDeviceGet("pi"),
  cuDeviceGetName("pii"),
  cuDeviceGetAttribute("pii"),
  cuDeviceTotalMem_v2("pi"),
  cuDeviceGetPCIBusId("pii"),
  cuDevicePrimaryCtxRetain("pi"),
  cuDevicePrimaryCtxRelease_v2("i"),
  cuCtxSetCurrent("p"),
  cuMemGetInfo_v2("pp"),
  cuMemAlloc_v2("pl"),
  cuMemFree_v2("p"),
  cuDeviceGetDefaultMemPool("pi"),
  cuMemPoolSetAttribute("pip"),
  cuMemPoolGetAttribute("pip"),
  cuMemAllocAsync("plp"),
  cuMemFreeAsync("pp"),
  cuMemHostAlloc("pli"),
  cuMemFreeHost("p"),
  cuMemcpyAsync("pplp"),
  cuMemsetD8Async("pblp"),
  cuStreamCreate("pi"),
  cuStreamDestroy_v2("p"),
  cuStreamSynchronize("p"),
  cuStreamWaitEvent("ppi"),
  cuStreamBeginCapture_v2("pi"),
  cuStreamEndCapture("pp"),
  cuEventCreate("pi"),
  cuEventDestroy_v2("p"),
  cuEventRecord("pp"),
  cuEventQuery("p"),
  cuEventSynchronize("p"),
  cuGraphInstantiateWithFlags("ppl"),
  cuGraphDestroy("p"),
  cuGraphLaunch("pp"),
  cuGraphExecDestroy("p"),
  cuModuleLoadData("pp"),
  cuModuleUnload("p"),
  cuModuleGetFunction("ppp"),
  cuLaunchKernel("piiiiiiippp");

  /** One letter a parameter: p pointer or handle, l 64 bits, i 32 bits, b 8 bits. */
  private final String parameters;

  DriverCall(String parameters) {
    this.parameters = parameters;
  }

  /** Parameters as the function takes them, and its result. */
  FunctionDescriptor descriptor() {
    MemoryLayout[] layouts = new MemoryLayout[parameters.length()];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          switch (parameters.charAt(i)) {
            case 'p', 'l' -> JAVA_LONG;
            case 'i' -> JAVA_INT;
            case 'b' -> JAVA_BYTE;
            default -> throw new IllegalStateException(name() + ": " + parameters);
          };
    }
    return FunctionDescriptor.of(JAVA_INT, layouts);
  }
}
