// Loaded before the C library (LD_PRELOAD): lets one chosen call that changes files fail, as a full or broken disk would.
//   QUERN_FAIL_UNDER   only paths that begin with this count
//   QUERN_FAIL_CALL    number of the call that fails, from 1; 0 or nothing: none
//   QUERN_FAIL_ERRNO   what it fails with (28, ENOSPC)
//   QUERN_FAIL_SHORT   if set, a chosen write writes half of its bytes, and the next call that counts fails: as a disk that becomes full
//   QUERN_FAIL_FROM    if set, all calls from the chosen one on fail: as a disk that is full and stays so, or is gone
//   QUERN_FAIL_RANK    only on this rank (OMPI_COMM_WORLD_RANK); nothing: on all
//   QUERN_CLOCK_JUMP   seconds that the time of day jumps by, half a second after the start; the steady clock goes on, as it would
//   QUERN_FAIL_LOG     a line "<number> <call> <path>" is appended for every counted call
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
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long counted;
static _Thread_local long last_number;  // of the call at hand, if it counts

static int this_rank(void) {
  const char* wanted = getenv("QUERN_FAIL_RANK");
  const char* rank = getenv("OMPI_COMM_WORLD_RANK");
  return wanted == NULL || *wanted == '\0' || (rank != NULL && strcmp(wanted, rank) == 0);
}

static void write_log(long number, const char* call, const char* path) {
  const char* log = getenv("QUERN_FAIL_LOG");
  if (log == NULL) return;
  static int (*real_open)(const char*, int, ...);
  static ssize_t (*real_write)(int, const void*, size_t);
  if (real_open == NULL) real_open = (int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open");
  if (real_write == NULL) real_write = (ssize_t(*)(int, const void*, size_t))dlsym(RTLD_NEXT, "write");
  char line[PATH_MAX + 64];
  const int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path);
  const int fd = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (real_write(fd, line, (size_t)length) != length) abort();
  close(fd);
}

/// Whether this call is the one; then errno is set.
static int fails(const char* call, const char* path) {
  last_number = -1;
  const char* under = getenv("QUERN_FAIL_UNDER");
  const char* log = getenv("QUERN_FAIL_LOG");
  if (log != NULL && path != NULL && strcmp(path, log) == 0) return 0;
  if (under == NULL || path == NULL || strncmp(path, under, strlen(under)) != 0 || !this_rank()) return 0;
  const long number = atomic_fetch_add(&counted, 1) + 1;
  write_log(number, call, path);
  last_number = number;
  const char* chosen = getenv("QUERN_FAIL_CALL");
  if (chosen == NULL || atol(chosen) == 0) return 0;
  const long first = atol(chosen) + (getenv("QUERN_FAIL_SHORT") != NULL ? 1 : 0);
  if (number < first || (number > first && getenv("QUERN_FAIL_FROM") == NULL)) return 0;
  const char* error = getenv("QUERN_FAIL_ERRNO");
  errno = error != NULL ? atoi(error) : ENOSPC;
  return 1;
}

static int fd_fails(const char* call, int fd) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return fails(call, path);
}

/// How much of a write is done: half of the one that is chosen to be short.
static size_t shortened(size_t count) {
  const char* chosen = getenv("QUERN_FAIL_CALL");
  const int is_chosen = chosen != NULL && getenv("QUERN_FAIL_SHORT") != NULL && atol(chosen) == last_number;
  return is_chosen && count > 1 ? count / 2 : count;
}

#define REAL(name)              \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void* bytes, size_t count) {
  REAL(write);
  return fd_fails("write", fd) ? -1 : real(fd, bytes, shortened(count));
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  REAL(pwrite);
  return fd_fails("pwrite", fd) ? -1 : real(fd, bytes, shortened(count), at);
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  REAL(pwrite64);
  return fd_fails("pwrite", fd) ? -1 : real(fd, bytes, shortened(count), at);
}
ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t at) {
  REAL(pwritev);
  return fd_fails("pwritev", fd) ? -1 : real(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const struct iovec* parts, int count, off64_t at) {
  REAL(pwritev64);
  return fd_fails("pwritev", fd) ? -1 : real(fd, parts, count, at);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  REAL(writev);
  return fd_fails("writev", fd) ? -1 : real(fd, parts, count);
}
int fsync(int fd) {
  REAL(fsync);
  return fd_fails("fsync", fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
  REAL(fdatasync);
  return fd_fails("fdatasync", fd) ? -1 : real(fd);
}
int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  return fd_fails("ftruncate", fd) ? -1 : real(fd, size);
}
int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  return fd_fails("ftruncate", fd) ? -1 : real(fd, size);
}
int sync_file_range(int fd, off64_t at, off64_t bytes, unsigned flags) {
  REAL(sync_file_range);
  return fd_fails("sync_file_range", fd) ? -1 : real(fd, at, bytes, flags);
}
int unlink(const char* path) {
  REAL(unlink);
  return fails("unlink", path) ? -1 : real(path);
}
int rmdir(const char* path) {
  REAL(rmdir);
  return fails("rmdir", path) ? -1 : real(path);
}
int remove(const char* path) {
  REAL(remove);
  return fails("remove", path) ? -1 : real(path);
}
int unlinkat(int folder, const char* path, int flags) {
  REAL(unlinkat);
  return (*path == '/' || folder == AT_FDCWD ? fails("unlinkat", path) : fd_fails("unlinkat", folder)) ? -1 : real(folder, path, flags);
}
static time_t jump(void) {
  const char* seconds = getenv("QUERN_CLOCK_JUMP");
  if (seconds == NULL) return 0;
  static atomic_long jumps_at;
  static int (*real)(clockid_t, struct timespec*);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  struct timespec now;
  if (real(CLOCK_MONOTONIC, &now) != 0) return 0;
  long unset = 0;
  const long tenths = now.tv_sec * 10 + now.tv_nsec / 100000000;
  atomic_compare_exchange_strong(&jumps_at, &unset, tenths + 5);
  return tenths >= jumps_at ? atol(seconds) : 0;
}
int clock_gettime(clockid_t clock, struct timespec* time) {
  REAL(clock_gettime);
  const int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += jump();
  return result;
}
int gettimeofday(struct timeval* restrict time, void* restrict zone) {
  REAL(gettimeofday);
  const int result = real(time, zone);
  if (result == 0) time->tv_sec += jump();
  return result;
}
time_t time(time_t* to) {
  REAL(time);
  const time_t now = real(NULL) + jump();
  if (to != NULL) *to = now;
  return now;
}
int rename(const char* from, const char* to) {
  REAL(rename);
  return fails("rename", from) ? -1 : real(from, to);
}
int mkdir(const char* path, mode_t mode) {
  REAL(mkdir);
  return fails("mkdir", path) ? -1 : real(path, mode);
}
int open(const char* path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0 && fails("open", path) ? -1 : real(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0 && fails("open", path) ? -1 : real(path, flags, mode);
}
int close(int fd) {
  REAL(close);
  // The descriptor is gone, whatever close says.
  const int failed = fd_fails("close", fd), error = errno;
  const int result = real(fd);
  if (!failed) return result;
  errno = error;
  return -1;
}
