#include "csimulation.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

// SQLite's own file layer, with faults on command. What was written and not synchronised yet is remembered, so that a power cut can
// take it back.

enum { LONGEST_PATH = 512, MOST_FILES = 8 };

// What a write or a truncation replaced.
struct undo {
    struct undo *earlier;
    sqlite3_int64 offset, size_before;
    int count;
    unsigned char bytes[];
};

// A file by its path: what is not synchronised outlives the handles.
struct tracked {
    char path[LONGEST_PATH];
    struct undo *last;
    int undos;
};

struct file {
    sqlite3_file base;
    unsigned generation;
    struct tracked *tracked;
    sqlite3_file real[];
};

static sqlite3_vfs layer, *real_layer;
static struct tracked files[MOST_FILES];
static unsigned generation;
static unsigned long long fault_count;
// Operations until one fails; 0: none does.
static int writes_to_fault, syncs_to_fault, reads_to_fault, writes_to_death;
static int fault_code;
static bool is_lasting, is_dead;

static struct file *own(sqlite3_file *file) { return (struct file *)file; }
static bool lives(sqlite3_file *file) { return !is_dead && own(file)->generation == generation; }

static bool strikes(int *countdown) {
    if (*countdown == 0) return false;
    if (*countdown > 1) {
        --*countdown;
        return false;
    }
    if (!is_lasting) *countdown = 0;
    fault_count++;
    return true;
}

// Counts a write; the process may end just before it.
static bool survives(void) {
    if (writes_to_death > 0 && --writes_to_death == 0) is_dead = true;
    return !is_dead;
}

// MARK: What is not synchronised

static void forget(struct tracked *tracked) {
    while (tracked->last) {
        struct undo *earlier = tracked->last->earlier;
        free(tracked->last);
        tracked->last = earlier;
    }
    tracked->undos = 0;
}

static struct tracked *track(const char *path) {
    struct tracked *unused = NULL;
    for (int i = 0; i < MOST_FILES; i++) {
        if (strcmp(files[i].path, path) == 0) return &files[i];
        if (!unused && files[i].path[0] == 0) unused = &files[i];
    }
    if (!unused || strlen(path) >= LONGEST_PATH) return NULL;
    strcpy(unused->path, path);
    return unused;
}

// SQLite's own layer takes 128 KiB at a time at most, and drops the rest.
enum { MOST_AT_A_TIME = 65536 };

static int in_pieces(
    int (*act)(sqlite3_file *, unsigned char *, int, sqlite3_int64), sqlite3_file *file, unsigned char *bytes, int count,
    sqlite3_int64 offset) {
    for (int done = 0; done < count; done += MOST_AT_A_TIME) {
        int piece = count - done < MOST_AT_A_TIME ? count - done : MOST_AT_A_TIME;
        int code = act(file, bytes + done, piece, offset + done);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

static int read_piece(sqlite3_file *file, unsigned char *bytes, int count, sqlite3_int64 offset) {
    return file->pMethods->xRead(file, bytes, count, offset);
}

static int write_piece(sqlite3_file *file, unsigned char *bytes, int count, sqlite3_int64 offset) {
    return file->pMethods->xWrite(file, bytes, count, offset);
}

static int remember(struct file *file, sqlite3_int64 offset, sqlite3_int64 end) {
    if (!file->tracked) return SQLITE_OK;
    sqlite3_int64 size = 0;
    int code = file->real->pMethods->xFileSize(file->real, &size);
    if (code != SQLITE_OK) return code;
    sqlite3_int64 count = (end < size ? end : size) - offset;
    if (count < 0) count = 0;
    struct undo *undo = malloc(sizeof *undo + (size_t)count);
    if (!undo) return SQLITE_NOMEM;
    undo->offset = offset, undo->size_before = size, undo->count = (int)count;
    if (count > 0) {
        code = in_pieces(read_piece, file->real, undo->bytes, (int)count, offset);
        if (code != SQLITE_OK) {
            free(undo);
            return code;
        }
    }
    undo->earlier = file->tracked->last;
    file->tracked->last = undo;
    file->tracked->undos++;
    return SQLITE_OK;
}

// MARK: Files

static int close_file(sqlite3_file *file) { return own(file)->real->pMethods ? own(file)->real->pMethods->xClose(own(file)->real) : 0; }

static int read_file(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    if (!lives(file)) return SQLITE_IOERR_READ;
    if (strikes(&reads_to_fault)) return SQLITE_IOERR_READ;
    return own(file)->real->pMethods->xRead(own(file)->real, bytes, count, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    if (!lives(file) || !survives()) return SQLITE_IOERR_WRITE;
    if (strikes(&writes_to_fault)) return fault_code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    int code = remember(own(file), offset, offset + count);
    if (code != SQLITE_OK) return code;
    return own(file)->real->pMethods->xWrite(own(file)->real, bytes, count, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    if (!lives(file) || !survives()) return SQLITE_IOERR_TRUNCATE;
    if (strikes(&writes_to_fault)) return SQLITE_IOERR_TRUNCATE;
    sqlite3_int64 now = 0;
    int code = own(file)->real->pMethods->xFileSize(own(file)->real, &now);
    if (code == SQLITE_OK && size < now) code = remember(own(file), size, now);
    if (code != SQLITE_OK) return code;
    return own(file)->real->pMethods->xTruncate(own(file)->real, size);
}

static int sync_file(sqlite3_file *file, int flags) {
    if (!lives(file) || !survives()) return SQLITE_IOERR_FSYNC;
    if (strikes(&syncs_to_fault)) return SQLITE_IOERR_FSYNC;
    // The disk is one that keeps its word; it is the simulation's memory that is told.
    (void)flags;
    if (own(file)->tracked) forget(own(file)->tracked);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    if (!lives(file)) return SQLITE_IOERR_FSTAT;
    return own(file)->real->pMethods->xFileSize(own(file)->real, size);
}

static int lock_file(sqlite3_file *file, int level) {
    if (!lives(file)) return SQLITE_IOERR_LOCK;
    return own(file)->real->pMethods->xLock(own(file)->real, level);
}

static int unlock_file(sqlite3_file *file, int level) { return own(file)->real->pMethods->xUnlock(own(file)->real, level); }

static int check_lock(sqlite3_file *file, int *result) {
    return own(file)->real->pMethods->xCheckReservedLock(own(file)->real, result);
}

static int control_file(sqlite3_file *file, int operation, void *argument) {
    return own(file)->real->pMethods->xFileControl(own(file)->real, operation, argument);
}

static int sector_size(sqlite3_file *file) { return own(file)->real->pMethods->xSectorSize(own(file)->real); }

static int characteristics(sqlite3_file *file) { return own(file)->real->pMethods->xDeviceCharacteristics(own(file)->real); }

static int map_shared(sqlite3_file *file, int region, int size, int extends, void volatile **memory) {
    if (!lives(file)) return SQLITE_IOERR_SHMMAP;
    return own(file)->real->pMethods->xShmMap(own(file)->real, region, size, extends, memory);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags) {
    if (!lives(file) && (flags & SQLITE_SHM_LOCK)) return SQLITE_IOERR_SHMLOCK;
    return own(file)->real->pMethods->xShmLock(own(file)->real, offset, count, flags);
}

static void order_shared(sqlite3_file *file) { own(file)->real->pMethods->xShmBarrier(own(file)->real); }

static int unmap_shared(sqlite3_file *file, int deletes) {
    return own(file)->real->pMethods->xShmUnmap(own(file)->real, deletes && lives(file));
}

static int fetch_page(sqlite3_file *file, sqlite3_int64 offset, int count, void **page) {
    (void)file, (void)offset, (void)count;
    *page = NULL;
    return SQLITE_OK;
}

static int release_page(sqlite3_file *file, sqlite3_int64 offset, void *page) {
    (void)file, (void)offset, (void)page;
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = order_shared,
    .xShmUnmap = unmap_shared,
    .xFetch = fetch_page,
    .xUnfetch = release_page,
};

// MARK: The layer

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    struct file *opened = own(file);
    opened->base.pMethods = NULL;
    opened->generation = generation;
    opened->tracked = path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) ? track(path) : NULL;
    if (is_dead) return SQLITE_CANTOPEN;
    int code = real_layer->xOpen(real_layer, path, opened->real, flags, flags_out);
    if (code == SQLITE_OK) opened->base.pMethods = &methods;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int syncs) {
    (void)vfs;
    if (is_dead) return SQLITE_IOERR_DELETE;
    int code = real_layer->xDelete(real_layer, path, syncs);
    for (int i = 0; i < MOST_FILES; i++) {
        if (strcmp(files[i].path, path) == 0) forget(&files[i]);
    }
    return code;
}

static int access_file(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    return real_layer->xAccess(real_layer, path, flags, result);
}

static int full_path(sqlite3_vfs *vfs, const char *path, int count, char *result) {
    (void)vfs;
    return real_layer->xFullPathname(real_layer, path, count, result);
}

// Time passes by the simulation's clock alone.
static int sleep_file(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    (void)vfs;
    return (int)getrandom(bytes, (size_t)count, 0);
}

void sim_files_install(void) {
    if (real_layer) return;
    real_layer = sqlite3_vfs_find(NULL);
    layer = *real_layer;
    layer.pNext = NULL;
    layer.zName = "simulation";
    layer.szOsFile = (int)(sizeof(struct file) + (size_t)real_layer->szOsFile);
    layer.xOpen = open_file;
    layer.xDelete = delete_file;
    layer.xAccess = access_file;
    layer.xFullPathname = full_path;
    layer.xSleep = sleep_file;
    layer.xRandomness = randomness;
    sqlite3_vfs_register(&layer, 1);
}

void sim_files_begin(void) {
    for (int i = 0; i < MOST_FILES; i++) {
        forget(&files[i]);
        files[i].path[0] = 0;
    }
    // SQLite's own random numbers begin anew.
    sqlite3_randomness(0, NULL);
    sim_files_live();
    sim_files_calm();
}

void sim_files_fail(int writes, int syncs, int reads, int is_full, int lasts) {
    writes_to_fault = writes, syncs_to_fault = syncs, reads_to_fault = reads;
    fault_code = is_full ? SQLITE_FULL : SQLITE_IOERR;
    is_lasting = lasts != 0;
}

void sim_files_calm(void) { writes_to_fault = syncs_to_fault = reads_to_fault = 0; }

unsigned long long sim_files_faults(void) { return fault_count; }

void sim_files_die(int writes) {
    if (writes > 0) writes_to_death = writes; else is_dead = true;
}

int sim_files_are_dead(void) { return is_dead; }

void sim_files_live(void) {
    generation++;
    is_dead = false;
    writes_to_death = 0;
}

// Opens the file as SQLite does, and takes back what was written last.
int sim_files_cut_power(unsigned long long choice) {
    int taken_back = 0;
    for (int i = 0; i < MOST_FILES; i++) {
        struct tracked *tracked = &files[i];
        if (!tracked->last) continue;
        int kept = (int)(choice % (unsigned)(tracked->undos + 1));
        sqlite3_file *real = calloc(1, (size_t)real_layer->szOsFile);
        if (!real) return -1;
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
        if (real_layer->xOpen(real_layer, tracked->path, real, flags, &flags) == SQLITE_OK) {
            while (tracked->last && tracked->undos > kept) {
                struct undo *undo = tracked->last;
                if (undo->count > 0 && in_pieces(write_piece, real, undo->bytes, undo->count, undo->offset) != SQLITE_OK) abort();
                real->pMethods->xTruncate(real, undo->size_before);
                tracked->last = undo->earlier;
                tracked->undos--;
                taken_back++;
                free(undo);
            }
            real->pMethods->xClose(real);
        }
        free(real);
        forget(tracked);
    }
    return taken_back;
}

// MARK: Visitors

void *sim_visitor_open(const char *path, int writes) {
    sqlite3 *visitor = NULL;
    if (sqlite3_open_v2(path, &visitor, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        sqlite3_close(visitor);
        return NULL;
    }
    const char *sql = writes ? "BEGIN IMMEDIATE" : "BEGIN; SELECT count(*) FROM sqlite_schema";
    if (sqlite3_exec(visitor, sql, NULL, NULL, NULL) != SQLITE_OK) {
        sqlite3_close(visitor);
        return NULL;
    }
    return visitor;
}

void sim_visitor_close(void *visitor) { sqlite3_close(visitor); }
