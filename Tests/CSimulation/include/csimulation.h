#ifndef CSIMULATION_H
#define CSIMULATION_H

#include <stddef.h>
#include <stdint.h>

/// What of libc, OpenSSL, Dispatch and Swift's runtime is answered by the simulation instead, on the thread that entered it, for as long as
/// it stays: clocks, random bytes, work for Dispatch's queues, and the order of hash tables.
///
/// Empty under a sanitizer, whose own interceptors these would displace: the simulator refuses to run then.

/// Whether the symbols of this file are in the place of the real ones.
int sim_is_effective(void);

/// From here on this thread lives in the simulation; `seed` decides its random bytes.
void sim_enter(uint64_t seed);
void sim_leave(void);

/// Nanoseconds that every clock of the process says, until they are set again.
void sim_set_time(uint64_t nanoseconds);

/// Gets work that was meant for a Dispatch queue; it is to be run once, with `sim_run_work`.
typedef void (*sim_work_taker)(void *queue, void *work);
void sim_take_work(sim_work_taker taker);
void sim_run_work(void *queue, void *work);

/// The order of sets and dictionaries that are made from now on; those that are there already must not be used any more.
void sim_set_hash_seed(uint64_t seed);

// MARK: SQLite's files

/// Puts a file layer that fails on command in the place of SQLite's own, for every file that is opened from then on.
void sim_files_install(void);

/// Forgets all files: a new world begins.
void sim_files_begin(void);

/// The so-manieth write, synchronisation or read from now on fails, or all from then on; 0: none.
void sim_files_fail(int writes, int syncs, int reads, int is_full, int lasts);
void sim_files_calm(void);
unsigned long long sim_files_faults(void);

/// The process ends: at once, or just before the so-manieth write; nothing that it does after that reaches a file.
void sim_files_die(int writes);
int sim_files_are_dead(void);

/// Another process begins, for which the handles of the one before are nothing.
void sim_files_live(void);

/// Takes back writes that were not synchronised, the last ones first; `choice` decides how many stay.
/// Returns how many were taken back.
int sim_files_cut_power(unsigned long long choice);

/// Somebody else who holds a snapshot of a store, or its lock for writing; NULL where that was refused.
void *sim_visitor_open(const char *path, int writes);
void sim_visitor_close(void *visitor);

#endif
