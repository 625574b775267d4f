#pragma once
/* Linux calls that Swift's Glibc module leaves out, or that are variadic. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

/* struct ucred needs _GNU_SOURCE, which the importer does not set. */
struct ekm_peer_credentials { pid_t pid; uid_t uid; gid_t gid; };

/* prctl is variadic. */
static inline int ekm_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

/* glibc declares mlock2 for _GNU_SOURCE alone. Pages are locked as they are first touched: what nobody uses takes no memory. */
static inline int ekm_lock_on_fault(const void *address, size_t size) {
    return syscall(SYS_mlock2, address, size, 1 /* MLOCK_ONFAULT */) == 0 ? 0 : mlock(address, size);
}

/* ThreadSanitizer does not see the futex behind Swift's Mutex. These tell it; without it they are null, and nothing happens. */
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
static inline void ekm_tsan_acquire(void *address) { if (__tsan_acquire) __tsan_acquire(address); }
static inline void ekm_tsan_release(void *address) { if (__tsan_release) __tsan_release(address); }

/* An allocator that wipes what it frees, in the shapes that libcurl wants and (with file and line) that OpenSSL wants.
 * In C, since C libraries call them: they must not need the Swift runtime. */
static inline void *ekm_wiping_malloc(size_t size) { return malloc(size); }
static inline void *ekm_wiping_calloc(size_t count, size_t size) { return calloc(count, size); }
static inline void ekm_wiping_free(void *old) {
    if (!old) return;
    explicit_bzero(old, malloc_usable_size(old));
    free(old);
}
static inline void *ekm_wiping_realloc(void *old, size_t size) {
    if (!old) return malloc(size);
    if (!size) { ekm_wiping_free(old); return NULL; }
    size_t had = malloc_usable_size(old);
    void *new = malloc(size);
    if (!new) return NULL;
    memcpy(new, old, had < size ? had : size);
    ekm_wiping_free(old);
    return new;
}
static inline char *ekm_wiping_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = (char *)malloc(size);
    return copy ? (char *)memcpy(copy, text, size) : NULL;
}
static inline void *ekm_wiping_malloc_at(size_t size, const char *file, int line) { return ekm_wiping_malloc(size); }
static inline void *ekm_wiping_realloc_at(void *old, size_t size, const char *file, int line) { return ekm_wiping_realloc(old, size); }
static inline void ekm_wiping_free_at(void *old, const char *file, int line) { ekm_wiping_free(old); }

/* Swift hides fork, since only async-signal-safe calls may follow it. */
static inline pid_t ekm_fork(void) { return fork(); }
