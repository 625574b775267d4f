#define _GNU_SOURCE
#include "CBench.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

int ekm_cpus(int *cpus, int room) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    int count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < room; cpu++)
        if (CPU_ISSET(cpu, &set)) cpus[count++] = cpu;
    return count;
}

int ekm_pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

int ekm_poll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int ekm_poll_watch(int poll, int descriptor, uint32_t index, int writing, int is_new) {
    struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.u32 = index};
    return epoll_ctl(poll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

int ekm_poll_wait(int poll, uint32_t *ready, int room, int milliseconds) {
    struct epoll_event events[256];
    int count = epoll_wait(poll, events, room < 256 ? room : 256, milliseconds);
    for (int i = 0; i < count; i++) ready[i] = events[i].data.u32;
    return count;
}

static volatile sig_atomic_t caught;

static void note(int signal) { caught = signal; }

void ekm_catch_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    /* No SA_RESTART: whoever waits for a server is to wake up. */
    action.sa_handler = note;
    int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int ekm_caught_signal(void) { return caught; }

uint64_t ekm_cpu_time(pid_t pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
