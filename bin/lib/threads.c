/* Tells the thread sanitizer of waiting for a Mutex, for bin/chaos --threads.
 *
 * Who finds a Mutex free takes it by an atomic exchange in our own code, which the sanitizer sees. Who has to wait, and
 * who wakes the one that waits, does so inside libswiftSynchronization, which is not instrumented: what two threads do
 * under the lock one after the other would look like a race. Loaded before that library, these stand in its place.
 * The names are those of _MutexHandle._lockSlow(_:) and _unlockSlow(), which are part of its stable interface.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void (*lock_slow)(uint32_t state, SELF void *mutex);
typedef SWIFT void (*unlock_slow)(SELF void *mutex);

/* Of the program under test; the sanitizer is linked into it. */
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

static void *original(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

SWIFT void threads_lock_slow(uint32_t state, SELF void *mutex) __asm__(LOCK);
SWIFT void threads_lock_slow(uint32_t state, SELF void *mutex) {
    ((lock_slow)original(LOCK))(state, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void threads_unlock_slow(SELF void *mutex) __asm__(UNLOCK);
SWIFT void threads_unlock_slow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((unlock_slow)original(UNLOCK))(mutex);
}
