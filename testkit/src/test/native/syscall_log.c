/*
 * Preloaded into a server, logs its syncs and the HTTP heads it receives and sends, in the order in
 * which they happen, the way `strace -f` would. A sync takes two lines, one before and one after;
 * what is received is logged after it came, what is sent before it leaves. The file is named by the
 * environment variable SYSCALL_LOG. Each line is one append, so lines of threads do not mix.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOWN 64

static int log_fd = -1;

__attribute__((constructor)) static void open_log(void) {
  const char *path = getenv("SYSCALL_LOG");
  if (path != NULL) {
    log_fd = open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  }
}

static void put(const char *line, int length) {
  int saved = errno;
  if (log_fd >= 0 && syscall(SYS_write, log_fd, line, length) != length) {
    abort();
  }
  errno = saved;
}

/* Only the beginnings of requests and responses are worth a line. */
static int is_head(const char *data, ssize_t length) {
  return length >= 9 && (memcmp(data, "HTTP/1.1 ", 9) == 0 || memcmp(data, "PUT ", 4) == 0);
}

static void log_data(const char *call, int fd, const char *data, ssize_t length) {
  if (!is_head(data, length)) {
    return;
  }
  char text[SHOWN + 1];
  int shown = length < SHOWN ? (int)length : SHOWN;
  for (int i = 0; i < shown; i++) {
    text[i] = data[i] >= ' ' && data[i] < 127 && data[i] != '"' ? data[i] : '.';
  }
  text[shown] = 0;
  char line[256];
  put(line, snprintf(line, sizeof line, "%ld %s(%d, \"%s\", %zd) = %zd\n", syscall(SYS_gettid), call,
                     fd, text, length, length));
}

static void sync_begins(const char *call) {
  char line[128];
  put(line, snprintf(line, sizeof line, "%ld %s(0 <unfinished ...>\n", syscall(SYS_gettid), call));
}

static int sync_ended(const char *call, int result) {
  char line[128];
  put(line, snprintf(line, sizeof line, "%ld <... %s resumed>) = %d\n", syscall(SYS_gettid), call,
                     result));
  return result;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fdatasync(int fd) {
  sync_begins("fdatasync");
  return sync_ended("fdatasync", REAL(fdatasync)(fd));
}

int fsync(int fd) {
  sync_begins("fsync");
  return sync_ended("fsync", REAL(fsync)(fd));
}

int msync(void *address, size_t length, int flags) {
  if ((flags & MS_SYNC) == 0) {
    return REAL(msync)(address, length, flags);
  }
  sync_begins("msync");
  return sync_ended("msync", REAL(msync)(address, length, flags));
}

ssize_t read(int fd, void *data, size_t size) {
  ssize_t length = REAL(read)(fd, data, size);
  log_data("read", fd, data, length);
  return length;
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
  ssize_t length = REAL(recv)(fd, data, size, flags);
  log_data("recv", fd, data, length);
  return length;
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
  ssize_t length = REAL(readv)(fd, parts, count);
  if (length > 0 && count > 0) {
    ssize_t first = (ssize_t)parts[0].iov_len;
    log_data("readv", fd, parts[0].iov_base, length < first ? length : first);
  }
  return length;
}

ssize_t write(int fd, const void *data, size_t size) {
  log_data("write", fd, data, (ssize_t)size);
  return REAL(write)(fd, data, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
  log_data("send", fd, data, (ssize_t)size);
  return REAL(send)(fd, data, size, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (count > 0) {
    log_data("writev", fd, parts[0].iov_base, (ssize_t)parts[0].iov_len);
  }
  return REAL(writev)(fd, parts, count);
}
