#include "FaultyFiles.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { most_plans = 64, kinds = 8 };

// What is to happen to calls of one kind.
typedef struct {
    long calls;
    int after, count, code;
} Fault;

struct FaultyPlan {
    int is_used;
    char directory[512];
    Fault faults[kinds];
    int holds, held;
};

static FaultyPlan plans[most_plans];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

// A file of SQLite's own stands behind this in the same memory.
typedef struct {
    sqlite3_file base;
    FaultyPlan *plan;
    int kind;
    sqlite3_io_methods methods;
} File;

static sqlite3_file *real(sqlite3_file *file) { return (sqlite3_file *)((char *)file + sizeof(File)); }

static Fault *fault_of(FaultyPlan *plan, int kind, int call) { return &plan->faults[(kind - 1) * 4 + call]; }

// The code with which a call is to fail; SQLITE_OK where it is to go through.
static int fate(sqlite3_file *file, int call) {
    File *ours = (File *)file;
    if (!ours->plan || !ours->kind) return SQLITE_OK;
    pthread_mutex_lock(&lock);
    Fault *fault = fault_of(ours->plan, ours->kind, call);
    fault->calls++;
    int code = SQLITE_OK;
    if (fault->count != 0) {
        if (fault->after > 0) {
            fault->after--;
        } else {
            code = fault->code;
            if (fault->count > 0) fault->count--;
        }
    }
    if (call == FaultyCallSync && ours->kind == FaultyFileLog) {
        while (ours->plan->holds) {
            ours->plan->held = 1;
            pthread_cond_wait(&changed, &lock);
        }
    }
    pthread_mutex_unlock(&lock);
    return code;
}

static int file_close(sqlite3_file *f) { return real(f)->pMethods->xClose(real(f)); }
static int file_read(sqlite3_file *f, void *b, int n, sqlite3_int64 o) { return real(f)->pMethods->xRead(real(f), b, n, o); }
static int file_write(sqlite3_file *f, const void *b, int n, sqlite3_int64 o) {
    int code = fate(f, FaultyCallWrite);
    return code ? code : real(f)->pMethods->xWrite(real(f), b, n, o);
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 n) {
    int code = fate(f, FaultyCallTruncate);
    return code ? code : real(f)->pMethods->xTruncate(real(f), n);
}
static int file_sync(sqlite3_file *f, int flags) {
    int code = fate(f, FaultyCallSync);
    return code ? code : real(f)->pMethods->xSync(real(f), flags);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *n) { return real(f)->pMethods->xFileSize(real(f), n); }
static int file_lock(sqlite3_file *f, int l) { return real(f)->pMethods->xLock(real(f), l); }
static int file_unlock(sqlite3_file *f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
static int file_reserved(sqlite3_file *f, int *r) { return real(f)->pMethods->xCheckReservedLock(real(f), r); }
static int file_control(sqlite3_file *f, int op, void *a) { return real(f)->pMethods->xFileControl(real(f), op, a); }
static int file_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int file_traits(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static int file_map(sqlite3_file *f, int p, int n, int e, void volatile **m) { return real(f)->pMethods->xShmMap(real(f), p, n, e, m); }
static int file_shm_lock(sqlite3_file *f, int o, int n, int g) { return real(f)->pMethods->xShmLock(real(f), o, n, g); }
static void file_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int file_unmap(sqlite3_file *f, int d) { return real(f)->pMethods->xShmUnmap(real(f), d); }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

static FaultyPlan *plan_for(const char *path) {
    if (!path) return NULL;
    FaultyPlan *found = NULL;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < most_plans && !found; i++) {
        size_t length = strlen(plans[i].directory);
        if (plans[i].is_used && !strncmp(path, plans[i].directory, length) && path[length] == '/') found = &plans[i];
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
    sqlite3_vfs *base = vfs->pAppData;
    File *ours = (File *)file;
    memset(ours, 0, sizeof(File));
    ours->plan = plan_for(path);
    ours->kind = flags & SQLITE_OPEN_WAL ? FaultyFileLog : flags & SQLITE_OPEN_MAIN_DB ? FaultyFileDatabase : 0;
    int code = base->xOpen(base, path, real(file), flags, out);
    if (real(file)->pMethods) {
        // A file of SQLite's that knows fewer calls is to be taken for what it is.
        ours->methods = methods;
        if (real(file)->pMethods->iVersion < 2) ours->methods.iVersion = real(file)->pMethods->iVersion;
        file->pMethods = &ours->methods;
    }
    return code;
}

static sqlite3_vfs faulty;

int faulty_files_install(void) {
    static int is_installed = 0;
    pthread_mutex_lock(&lock);
    int code = SQLITE_OK;
    if (!is_installed) {
        sqlite3_vfs *base = sqlite3_vfs_find(NULL);
        if (!base) {
            code = SQLITE_ERROR;
        } else {
            // All other calls are about names, and go to the base with its own data.
            faulty = *base;
            faulty.pNext = NULL;
            faulty.zName = "ekmd-faulty";
            faulty.szOsFile = (int)sizeof(File) + base->szOsFile;
            faulty.pAppData = base;
            faulty.xOpen = vfs_open;
            code = sqlite3_vfs_register(&faulty, 1);
            is_installed = code == SQLITE_OK;
        }
    }
    pthread_mutex_unlock(&lock);
    return code;
}

FaultyPlan *faulty_plan_make(const char *directory) {
    FaultyPlan *plan = NULL;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < most_plans && !plan; i++) {
        if (!plans[i].is_used && strlen(directory) < sizeof plans[i].directory) plan = &plans[i];
    }
    if (plan) {
        memset(plan, 0, sizeof *plan);
        plan->is_used = 1;
        strcpy(plan->directory, directory);
    }
    pthread_mutex_unlock(&lock);
    return plan;
}

void faulty_plan_free(FaultyPlan *plan) {
    pthread_mutex_lock(&lock);
    memset(plan, 0, sizeof *plan);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void faulty_plan_fail(FaultyPlan *plan, FaultyFile file, FaultyCall call, int after, int count, int code) {
    pthread_mutex_lock(&lock);
    Fault *fault = fault_of(plan, file, call);
    fault->after = after;
    fault->count = count;
    fault->code = code;
    pthread_mutex_unlock(&lock);
}

void faulty_plan_mend(FaultyPlan *plan) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < kinds; i++) plan->faults[i].count = 0;
    pthread_mutex_unlock(&lock);
}

long faulty_plan_calls(FaultyPlan *plan, FaultyFile file, FaultyCall call) {
    pthread_mutex_lock(&lock);
    long calls = fault_of(plan, file, call)->calls;
    pthread_mutex_unlock(&lock);
    return calls;
}

void faulty_plan_hold(FaultyPlan *plan) {
    pthread_mutex_lock(&lock);
    plan->holds = 1;
    plan->held = 0;
    pthread_mutex_unlock(&lock);
}

void faulty_plan_release(FaultyPlan *plan) {
    pthread_mutex_lock(&lock);
    plan->holds = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

int faulty_plan_is_held(FaultyPlan *plan) {
    pthread_mutex_lock(&lock);
    int held = plan->held;
    pthread_mutex_unlock(&lock);
    return held;
}
