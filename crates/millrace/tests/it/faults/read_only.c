// A disk that became read-only, as a server sees it: loaded before the C library, it answers EROFS to whatever would
// change a file below a folder, also to those who have it open, while a switch lies there. The real thing needs rights
// that tests do not have in a container: a mount that files are open on for writing cannot be made read-only by others.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_refused(const char *path) {
    const char *folder = getenv("MILLRACE_TEST_READ_ONLY_FOLDER");
    const char *lever = getenv("MILLRACE_TEST_READ_ONLY_SWITCH");
    if (!folder || !lever || !strstr(path, folder) || access(lever, F_OK) != 0) return 0;
    errno = EROFS;
    return 1;
}

static int is_refused_open(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_refused(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                \
        mode_t mode = 0;                                                        \
        if (flags & O_CREAT) {                                                  \
            va_list more;                                                       \
            va_start(more, flags);                                              \
            mode = va_arg(more, mode_t);                                        \
            va_end(more);                                                       \
        }                                                                       \
        int writes = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);           \
        return writes && is_refused(path) ? -1 : REAL(name)(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t count) {
    return is_refused_open(file) ? -1 : REAL(write)(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return is_refused_open(file) ? -1 : REAL(pwrite64)(file, bytes, count, at);
}

int ftruncate64(int file, off64_t length) {
    return is_refused_open(file) ? -1 : REAL(ftruncate64)(file, length);
}

int unlink(const char *path) {
    return is_refused(path) ? -1 : REAL(unlink)(path);
}
