#define _GNU_SOURCE
#include "csimulation.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SIM_SANITIZED 1
#endif
#endif

static __thread bool inside;
static __thread uint64_t now;
static __thread uint64_t state;
static sim_work_taker take;

// SplitMix64.
static uint64_t next_word(void) {
    uint64_t word = state += 0x9e3779b97f4a7c15;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
}

static void fill(unsigned char *bytes, size_t count) {
    while (count > 0) {
        uint64_t word = next_word();
        size_t part = count < 8 ? count : 8;
        memcpy(bytes, &word, part);
        bytes += part;
        count -= part;
    }
}

void sim_enter(uint64_t seed) {
    state = seed;
    inside = true;
}

void sim_leave(void) { inside = false; }

void sim_set_time(uint64_t nanoseconds) { now = nanoseconds; }

void sim_take_work(sim_work_taker taker) { take = taker; }

#ifdef SIM_SANITIZED

int sim_is_effective(void) { return 0; }
void sim_run_work(void *queue, void *work) { (void)queue, (void)work; }
void sim_set_hash_seed(uint64_t seed) { (void)seed; }

#else

// Weak, so that a program that is linked statically, and never runs this, may have the real ones beside them.
#define IN_PLACE __attribute__((weak, visibility("default")))

int sim_is_effective(void) { return 1; }

static long kernel(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
#error "the simulator knows no system call of this processor"
#endif
}

static long answer(long result) {
    if (result >= 0 || result < -4095) return result;
    errno = (int)-result;
    return -1;
}

// Swift's runtime reads its own random bytes this way.
IN_PLACE long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (inside && number == SYS_getrandom) {
        fill((unsigned char *)a, (size_t)b);
        return b;
    }
    return answer(kernel(number, a, b, c, d, e, f));
}

IN_PLACE int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!inside || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
        return (int)answer(kernel(SYS_clock_gettime, clock, (long)time, 0, 0, 0, 0));
    time->tv_sec = (time_t)(now / 1000000000);
    time->tv_nsec = (long)(now % 1000000000);
    return 0;
}

IN_PLACE ssize_t getrandom(void *bytes, size_t count, unsigned flags) {
    if (!inside) return answer(kernel(SYS_getrandom, (long)bytes, (long)count, flags, 0, 0, 0));
    fill(bytes, count);
    return (ssize_t)count;
}

// OpenSSL's generator.
IN_PLACE int EVP_RAND_generate(
    void *generator, unsigned char *bytes, size_t count, unsigned strength, int resistance, const unsigned char *more, size_t more_count) {
    (void)generator, (void)strength, (void)resistance, (void)more, (void)more_count;
    while (count > 0) {
        size_t part = count < 256 ? count : 256;
        if (getrandom(bytes, part, 0) != (ssize_t)part) return 0;
        bytes += part;
        count -= part;
    }
    return 1;
}

// MARK: Dispatch

struct block {
    void *isa;
    int flags, reserved;
    void (*invoke)(void *);
};

extern void *_Block_copy(const void *block);
extern void _Block_release(const void *block);
extern void dispatch_retain(void *object);
extern void dispatch_release(void *object);
extern void dispatch_sync(void *queue, void *block);

static void give_work(void *queue, void *block, const char *name) {
    if (inside && take) {
        dispatch_retain(queue);
        take(queue, _Block_copy(block));
        return;
    }
    void (*real)(void *, void *) = (void (*)(void *, void *))dlsym(RTLD_NEXT, name);
    if (real) real(queue, block);
}

IN_PLACE void dispatch_async(void *queue, void *block) { give_work(queue, block, "dispatch_async"); }

IN_PLACE void dispatch_barrier_async(void *queue, void *block) { give_work(queue, block, "dispatch_barrier_async"); }

// Nothing else was ever given to the queue, so that this thread runs it, and knows itself on that queue.
void sim_run_work(void *queue, void *work) {
    dispatch_sync(queue, work);
    _Block_release(work);
    dispatch_release(queue);
}

// MARK: Hash tables

extern struct {
    uint64_t seed0, seed1;
    bool deterministic;
} _swift_stdlib_Hashing_parameters;

void sim_set_hash_seed(uint64_t seed) {
    _swift_stdlib_Hashing_parameters.seed0 = seed;
    _swift_stdlib_Hashing_parameters.seed1 = 0;
    _swift_stdlib_Hashing_parameters.deterministic = true;
}

// Before any set or dictionary is made.
__attribute__((constructor(101))) static void fix_hash_tables(void) { sim_set_hash_seed(0); }

#endif
