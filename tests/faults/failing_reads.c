// Loaded before the C library (LD_PRELOAD): lets calls that read chosen files fail, as a network file system or a dying disk would.
//   QUERN_FAIL_READS   only paths that begin with this count
//   QUERN_FAIL_ERRNO   what they fail with (5, EIO)
//   QUERN_FAIL_TIMES   how many of these calls fail, from the first (or QUERN_FAIL_AFTER) on; nothing: all
//   QUERN_FAIL_AFTER   so many succeed before (0)
//   QUERN_FAIL_OPEN    if set, opening fails; otherwise reading
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long counted;

static long number_of(const char* name, long otherwise) {
  const char* value = getenv(name);
  return value != NULL && *value != '\0' ? atol(value) : otherwise;
}

static int fails(const char* path) {
  const char* under = getenv("QUERN_FAIL_READS");
  if (under == NULL || path == NULL || strncmp(path, under, strlen(under)) != 0) return 0;
  const long number = atomic_fetch_add(&counted, 1) - number_of("QUERN_FAIL_AFTER", 0);
  if (number < 0 || number >= number_of("QUERN_FAIL_TIMES", LONG_MAX)) return 0;
  errno = (int)number_of("QUERN_FAIL_ERRNO", EIO);
  return 1;
}

static int read_fails(int fd) {
  if (getenv("QUERN_FAIL_OPEN") != NULL) return 0;
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return fails(path);
}

static int open_fails(const char* path, int flags) {
  return getenv("QUERN_FAIL_OPEN") != NULL && (flags & (O_CREAT | O_WRONLY | O_RDWR)) == 0 && fails(path);
}

#define REAL(name)              \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pread(int fd, void* to, size_t count, off_t at) {
  REAL(pread);
  return read_fails(fd) ? -1 : real(fd, to, count, at);
}
ssize_t pread64(int fd, void* to, size_t count, off64_t at) {
  REAL(pread64);
  return read_fails(fd) ? -1 : real(fd, to, count, at);
}
int open(const char* path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_fails(path, flags) ? -1 : real(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_fails(path, flags) ? -1 : real(path, flags, mode);
}
