/* Modules: shared libraries of the host whose kernels stand in for those of the device. */
#include "fakecuda.h"

#include <dlfcn.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *load(const unsigned char *image) {
  Elf64_Ehdr header;
  memcpy(&header, image, sizeof header);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return NULL;
  }
  size_t size = header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
  char name[] = "/tmp/fakecuda-XXXXXX";
  int file = mkstemp(name);
  if (file < 0) {
    return NULL;
  }
  void *library = NULL;
  if (write(file, image, size) == (ssize_t)size) {
    library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
      fprintf(stderr, "fakecuda: %s\n", dlerror());
    }
  }
  close(file);
  unlink(name);
  return library;
}

EXPORT result cuModuleLoadData(handle *out, const void *image) {
  BEGIN(cuModuleLoadData, NOT_RECORDED)
  void *library = load(image);
  if (library == NULL) {
    END(INVALID_IMAGE);
  }
  void **hook = dlsym(library, "fakecu_touch_hook");
  if (hook != NULL) {
    *hook = (void *)fakecu_touch;
  }
  struct module *module = calloc(1, sizeof *module);
  module->device = current_device;
  module->library = library;
  *out = object_add(MODULE, current_device, module);
  END(OK);
}

static int is_enqueued(const struct module *module) {
  for (struct stream *stream = streams; stream != NULL; stream = stream->next) {
    if (lost(stream->device) != OK) {
      continue; /* it never runs */
    }
    for (struct op *op = stream->first; op != NULL; op = op->next) {
      if (op->type == KERNEL && op->function->module == module) {
        return 1;
      }
    }
  }
  return 0;
}

EXPORT result cuModuleUnload(handle of) {
  BEGIN(cuModuleUnload, RELEASES | NOT_RECORDED)
  struct module *module = object_get(of, MODULE);
  if (module == NULL) {
    END(INVALID_HANDLE);
  }
  object_remove(of);
  if (is_enqueued(module)) {
    violation("module: unloaded while a kernel of it is enqueued");
  }
  module->device = -1; /* its code stays, so that a late kernel is told and not a crash */
  END(OK);
}

EXPORT result cuModuleGetFunction(handle *out, handle of, const char *name) {
  BEGIN(cuModuleGetFunction, 0)
  struct module *module = object_get(of, MODULE);
  if (module == NULL) {
    END(INVALID_HANDLE);
  }
  char symbol[128];
  snprintf(symbol, sizeof symbol, "fakecu_launch_%s", name);
  void *run = dlsym(module->library, symbol);
  snprintf(symbol, sizeof symbol, "fakecu_params_%s", name);
  const unsigned *bytes = dlsym(module->library, symbol);
  if (run == NULL || bytes == NULL) {
    END(NOT_FOUND);
  }
  struct function *function = calloc(1, sizeof *function);
  function->module = module;
  function->name = strdup(name);
  function->run = (kernel)run;
  function->parameter_bytes = *bytes;
  *out = object_add(FUNCTION, module->device, function);
  END(OK);
}

EXPORT result cuLaunchKernel(handle of, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                             unsigned threads_x, unsigned threads_y, unsigned threads_z,
                             unsigned shared_bytes, handle on, void **parameters, void **extra) {
  BEGIN(cuLaunchKernel, 0)
  struct function *function = object_get(of, FUNCTION);
  struct stream *stream = stream_of(on);
  if (function == NULL || stream == NULL || extra != NULL || shared_bytes > 48 * 1024) {
    END(INVALID_VALUE);
  }
  if (function->module->device != stream->device) {
    violation("module: %s is launched on GPU %d (unloaded, or of another)", function->name,
              stream->device);
    END(INVALID_HANDLE);
  }
  if (grid_x == 0 || grid_y == 0 || grid_y > 65535 || grid_z != 1 || threads_x == 0 ||
      threads_x * threads_y * threads_z > 1024) {
    END(INVALID_VALUE);
  }
  struct op *op = op_new(KERNEL, function->name);
  op->function = function;
  op->size = function->parameter_bytes;
  op->bytes = malloc(op->size);
  memcpy(op->bytes, parameters[0], op->size);
  op->grid[0] = grid_x;
  op->grid[1] = grid_y;
  op->grid[2] = grid_z;
  op->threads[0] = threads_x;
  op->threads[1] = threads_y;
  op->threads[2] = threads_z;
  append(stream, op);
  END(OK);
}

/* What the next host function of a stream touches. */
EXPORT void fakecu_declare(handle on, void *start, size_t size, int write) {
  pthread_mutex_lock(&lock);
  struct stream *stream = stream_of(on);
  if (stream != NULL) {
    struct range *range = malloc(sizeof *range);
    *range = (struct range){(uintptr_t)start, size, write, stream->declared};
    stream->declared = range;
  }
  pthread_mutex_unlock(&lock);
}

EXPORT result cuLaunchHostFunc(handle on, void (*host)(void *), void *data) {
  BEGIN(cuLaunchHostFunc, 0)
  struct stream *stream = stream_of(on);
  if (stream == NULL) {
    END(INVALID_HANDLE);
  }
  struct op *op = op_new(HOST_FUNCTION, "host function");
  op->host = host;
  op->data = data;
  op->ranges = stream->declared;
  stream->declared = NULL;
  append(stream, op);
  END(OK);
}
