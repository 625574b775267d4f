#pragma once
/* Linux calls that Swift's Glibc module leaves out, or that are variadic. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* struct ucred needs _GNU_SOURCE, which the importer does not set. */
struct ekm_peer_credentials { pid_t pid; uid_t uid; gid_t gid; };

/* prctl is variadic. */
static inline int ekm_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }
