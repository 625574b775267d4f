#pragma once
/* What a benchmark needs of Linux that Swift's Glibc module leaves out, or that must be done between fork and exec. */
#include <stdint.h>
#include <sys/types.h>

/* A program that was started. The errors are errno's values, or 0. */
struct ekm_started {
    pid_t pid;
    int error;
    /* Counts the user instructions of all its threads, from its first on; -1 where the kernel does not count. */
    int counter;
    int counter_error;
};

/* Starts a program on one CPU (-1: any), in a process group of its own, killed by the kernel when the caller ends. */
struct ekm_started ekm_start(const char *const *arguments, const char *const *environment, int output, int cpu);

/* The CPUs that this process may use, in order. Returns how many were written, at most `room`. */
int ekm_cpus(int *cpus, int room);
/* Keeps the calling thread on one CPU. Returns 0, or errno's value. */
int ekm_pin(int cpu);

/* epoll, whose events are unions. Each returns a negative value, and errno, where it fails. */
int ekm_poll(void);
/* Tells `index` when `descriptor` may be read, or, with `writing`, written. */
int ekm_poll_watch(int poll, int descriptor, uint32_t index, int writing, int is_new);
/* Writes the indices that were told. Returns how many. */
int ekm_poll_wait(int poll, uint32_t *ready, int room, int milliseconds);

/* Notes SIGINT, SIGTERM and SIGHUP instead of ending; blocking calls return with EINTR. */
void ekm_catch_signals(void);
/* The signal that came, or 0. */
int ekm_caught_signal(void);

/* The CPU time of a whole process in nanoseconds, its ended threads included; 0 where it is gone. */
uint64_t ekm_cpu_time(pid_t pid);
