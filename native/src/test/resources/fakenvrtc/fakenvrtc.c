// A libnvrtc for tests: takes a CUDA source and has the host's C++ compiler make a shared object of it, behind prelude.h.
// The "cubin" is that object; the fake driver loads it. Built with -DPRELUDE="path", -DVERSION=number, -DCOMPILER="c++".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { OK = 0, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6, INTERNAL = 11 };

struct program {
  char folder[64];
  char* log;
  char* object;
  size_t object_size;
};

static int write_file(const char* folder, const char* name, const char* text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = fopen(path, "w");
  if (!file) {
    return 0;
  }
  int written = fputs(text, file) >= 0;
  return fclose(file) == 0 && written;
}

static char* read_file(const char* folder, const char* name, size_t* size) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = fopen(path, "rb");
  if (!file) {
    return NULL;
  }
  fseek(file, 0, SEEK_END);
  *size = (size_t) ftell(file);
  rewind(file);
  char* bytes = calloc(*size + 1, 1);
  if (fread(bytes, 1, *size, file) != *size) {
    *size = 0;
  }
  fclose(file);
  return bytes;
}

EXPORT int nvrtcVersion(int* major, int* minor) {
  *major = 13;
  *minor = VERSION;
  return OK;
}

EXPORT const char* nvrtcGetErrorString(int result) {
  return result == COMPILATION ? "NVRTC_ERROR_COMPILATION" : result == INVALID_OPTION ? "NVRTC_ERROR_INVALID_OPTION" : "NVRTC_ERROR_INTERNAL_ERROR";
}

EXPORT int nvrtcCreateProgram(struct program** created, const char* source, const char* name, int headers, const char* const* texts,
                              const char* const* names) {
  (void) name;
  struct program* program = calloc(1, sizeof *program);
  snprintf(program->folder, sizeof program->folder, "/tmp/fakenvrtc-XXXXXX");
  if (!mkdtemp(program->folder) || !write_file(program->folder, "kernel.cu", source)) {
    free(program);
    return INTERNAL;
  }
  for (int i = 0; i < headers; i++) {
    if (!write_file(program->folder, names[i], texts[i])) {
      free(program);
      return INVALID_INPUT;
    }
  }
  *created = program;
  return OK;
}

EXPORT int nvrtcCompileProgram(struct program* program, int options, const char* const* option) {
  int architecture = 0;
  for (int i = 0; i < options; i++) {
    architecture |= strncmp(option[i], "--gpu-architecture=sm_", 22) == 0;
  }
  if (!architecture) {
    return INVALID_OPTION;
  }
  char command[1024];
  snprintf(command, sizeof command,
           "cd %s && %s -x c++ -std=c++17 -O2 -fPIC -shared -w -ffp-contract=off -fno-strict-aliasing -include '%s' -I. -o kernel.so "
           "kernel.cu >log 2>&1",
           program->folder, COMPILER, PRELUDE);
  int failed = system(command);
  size_t size = 0;
  program->log = read_file(program->folder, "log", &size);
  if (failed) {
    return COMPILATION;
  }
  program->object = read_file(program->folder, "kernel.so", &program->object_size);
  return program->object ? OK : INTERNAL;
}

EXPORT int nvrtcGetProgramLogSize(struct program* program, size_t* size) {
  *size = program->log ? strlen(program->log) + 1 : 1;
  return OK;
}

EXPORT int nvrtcGetProgramLog(struct program* program, char* log) {
  strcpy(log, program->log ? program->log : "");
  return OK;
}

EXPORT int nvrtcGetCUBINSize(struct program* program, size_t* size) {
  *size = program->object_size;
  return OK;
}

EXPORT int nvrtcGetCUBIN(struct program* program, char* cubin) {
  memcpy(cubin, program->object, program->object_size);
  return OK;
}

EXPORT int nvrtcDestroyProgram(struct program** destroyed) {
  struct program* program = *destroyed;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", program->folder);
  int failed = system(command);
  free(program->log);
  free(program->object);
  free(program);
  *destroyed = NULL;
  return failed ? INTERNAL : OK;
}
