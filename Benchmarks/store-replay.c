/* Runs the statements of a trace (Benchmarks/store/Trace.swift) on a SQLite file: what a confirm costs without us.
 * usage: store-replay FILE TRACE WARM-UPS [plain] — the first confirms are not measured. Statements are prepared once,
 * values are bound where they lie, and each confirm is one transaction. Plain is durable with SQLite's own settings. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static sqlite3 *db;
static unsigned char *at, *end;
static sqlite3_stmt *statements[256], *begin, *commit;

static void must(int code, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static uint32_t number(void) {
    uint32_t value;
    memcpy(&value, at, 4);
    at += 4;
    return value;
}

static sqlite3_stmt *prepared(const char *text, int length) {
    sqlite3_stmt *statement;
    must(sqlite3_prepare_v3(db, text, length, SQLITE_PREPARE_PERSISTENT, &statement, 0), text);
    return statement;
}

static volatile uintptr_t seen;

/* Runs a statement and looks at every column of its rows. */
static void run(sqlite3_stmt *statement) {
    int code, column;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        for (column = 0; column < sqlite3_column_count(statement); column++)
            if (sqlite3_column_type(statement, column) == SQLITE_INTEGER)
                seen += (uintptr_t)sqlite3_column_int64(statement, column);
            else
                seen += (uintptr_t)sqlite3_column_text(statement, column);
    must(code, sqlite3_sql(statement));
    sqlite3_reset(statement);
}

static void execute(void) {
    sqlite3_stmt *statement = statements[number()];
    int place, count = (int)number();
    for (place = 1; place <= count; place++) {
        char kind = (char)*at++;
        if (kind == 'n') {
            sqlite3_bind_null(statement, place);
        } else if (kind == 'i') {
            sqlite3_int64 value;
            memcpy(&value, at, 8);
            at += 8;
            sqlite3_bind_int64(statement, place, value);
        } else {
            int length = (int)number();
            if (kind == 't') sqlite3_bind_text(statement, place, (char *)at, length, SQLITE_STATIC);
            else sqlite3_bind_blob(statement, place, at, length, SQLITE_STATIC);
            at += length;
        }
    }
    run(statement);
}

/* Goes through the trace once for the texts, which it prepares, and once to run them. */
static void skip(void) {
    uint32_t count;
    number();
    for (count = number(); count > 0; count--) {
        char kind = (char)*at++;
        if (kind == 'i') at += 8;
        else if (kind != 'n') { uint32_t length = number(); at += length; }
    }
}

static double microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void load(const char *name) {
    FILE *file = fopen(name, "rb");
    long size;
    if (!file) exit(1);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    at = malloc((size_t)size);
    end = at + fread(at, 1, (size_t)size, file);
    fclose(file);
}

int main(int count, char **words) {
    int confirms = 0, known = 0, isOpen = 0, warm = count > 3 ? atoi(words[3]) : 0;
    double began = 0, whole = 0, before = 0, *times = malloc(sizeof(double) * 100000);
    unsigned char *start;
    if (count < 3) return 2;
    must(sqlite3_open_v2(words[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0), "open");
    must(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                          "PRAGMA journal_size_limit = 67108864", 0, 0, 0), "pragma");
    if (count < 5)
        must(sqlite3_exec(db, "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000", 0, 0, 0), "pragma");
    load(words[2]);
    start = at;
    while (at < end)
        switch (*at++) {
        case 'S': {
            uint32_t length = number();
            statements[known++] = prepared((char *)at, (int)length);
            at += length;
            break;
        }
        case 'X': skip(); break;
        default: break;
        }
    begin = prepared("BEGIN IMMEDIATE", -1);
    commit = prepared("COMMIT", -1);
    for (at = start; at < end;)
        switch (*at++) {
        case 'S': { uint32_t length = number(); at += length; break; }
        case 'X':
            if (!isOpen) {
                if (confirms == warm) { whole = microseconds(); before = cpu(); }
                began = microseconds();
                run(begin);
            }
            isOpen = 1;
            execute();
            break;
        default:
            run(commit);
            isOpen = 0;
            times[confirms++] = microseconds() - began;
        }
    whole = microseconds() - whole;
    before = cpu() - before;
    confirms -= warm;
    qsort(times + warm, (size_t)confirms, sizeof(double), ascending);
    printf("{\"confirms\": %d, \"seconds\": %f, \"cpu_us\": %f, \"p50_us\": %f}\n", confirms, whole / 1e6,
           before / confirms, times[warm + confirms / 2]);
    return 0;
}
