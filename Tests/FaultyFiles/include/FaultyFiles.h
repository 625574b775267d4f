#pragma once

// SQLite's files, but for those below a directory that a test has named: these fail on command.
//
// Once it is installed, every database that is opened in this process goes through it. A plan belongs to one directory and to whoever
// made it; several may stand at a time.

typedef struct FaultyPlan FaultyPlan;

typedef enum {
    FaultyFileDatabase = 1,
    FaultyFileLog = 2,
} FaultyFile;

typedef enum {
    FaultyCallWrite = 1,
    FaultyCallSync = 2,
    FaultyCallTruncate = 3,
} FaultyCall;

/// Puts it above SQLite's own files, once. Returns an SQLite result code.
int faulty_files_install(void);

/// A plan for the files below `directory`; null where there are too many.
FaultyPlan *_Nullable faulty_plan_make(const char *_Nonnull directory);
void faulty_plan_free(FaultyPlan *_Nonnull plan);

/// Lets `after` calls of that kind through, then fails `count` of them with SQLite's `code`; one that only fails for good is
/// `count` -1. Takes the place of what was set for that kind.
void faulty_plan_fail(FaultyPlan *_Nonnull plan, FaultyFile file, FaultyCall call, int after, int count, int code);

/// Everything works again.
void faulty_plan_mend(FaultyPlan *_Nonnull plan);

/// How many calls of that kind there were.
long faulty_plan_calls(FaultyPlan *_Nonnull plan, FaultyFile file, FaultyCall call);

/// Syncs of the log wait until ``faulty_plan_release``.
void faulty_plan_hold(FaultyPlan *_Nonnull plan);
void faulty_plan_release(FaultyPlan *_Nonnull plan);

/// Whether a sync waits.
int faulty_plan_is_held(FaultyPlan *_Nonnull plan);
