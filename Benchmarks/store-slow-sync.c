/* Preloaded: a disk whose sync takes so many microseconds longer (SLOW_SYNC_US). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int file) {
    const char *wait = getenv("SLOW_SYNC_US");
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(wait ? (useconds_t)atoi(wait) : 4000);
    return real(file);
}

int fdatasync(int file) { return slowly("fdatasync", file); }
