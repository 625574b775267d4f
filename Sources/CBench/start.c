#define _GNU_SOURCE
#include "CBench.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Opened before exec: afterwards a program that does not let itself be traced could not be counted without privileges. */
static int open_counter(pid_t pid) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    attributes.inherit = 1;
    return (int)syscall(SYS_perf_event_open, &attributes, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Only async-signal-safe calls. Returns only where exec failed. */
static void become(const char *const *arguments, const char *const *environment, int output, int cpu, int go, pid_t parent) {
    char byte;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) return;
    if (cpu >= 0) ekm_pin(cpu);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) return;
    while (read(go, &byte, 1) < 0)
        if (errno != EINTR) return;
    execve(arguments[0], (char *const *)arguments, (char *const *)environment);
}

struct ekm_started ekm_start(const char *const *arguments, const char *const *environment, int output, int cpu) {
    struct ekm_started started = {-1, 0, -1, 0};
    int go[2], failed[2];
    if (pipe2(go, O_CLOEXEC) != 0) {
        started.error = errno;
        return started;
    }
    if (pipe2(failed, O_CLOEXEC) != 0) {
        started.error = errno;
        close(go[0]);
        close(go[1]);
        return started;
    }
    pid_t parent = getpid();
    started.pid = fork();
    if (started.pid == 0) {
        close(go[1]);
        become(arguments, environment, output, cpu, go[0], parent);
        int error = errno;
        ssize_t ignored = write(failed[1], &error, sizeof error);
        (void)ignored;
        _exit(127);
    }
    if (started.pid < 0) started.error = errno;
    close(go[0]);
    close(failed[1]);
    if (started.pid > 0) {
        started.counter = open_counter(started.pid);
        if (started.counter < 0) started.counter_error = errno;
    }
    close(go[1]);
    /* Ends without a byte once exec has closed the other end. */
    if (started.pid > 0) {
        int error;
        ssize_t got;
        while ((got = read(failed[0], &error, sizeof error)) < 0 && errno == EINTR) {}
        if (got == sizeof error) started.error = error ? error : ECHILD;
    }
    close(failed[0]);
    return started;
}
