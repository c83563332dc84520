/// How much memory the program takes from the system and when it gives it back.
import Foundation

/// glibc takes memory in as many arenas as eight times the cores and gives back little but what lies at their ends: a
/// server of many threads then grows for hours while what is in use stays level.
enum HeapMemory {
    /// One arena; to be called before there are threads. Two hours of use cost 1.4 MB an hour instead of 2.3 with two.
    static func share() {
        #if canImport(Glibc)
        // M_ARENA_MAX; whoever sets MALLOC_ARENA_MAX has decided otherwise.
        if getenv("MALLOC_ARENA_MAX") == nil { _ = setMallocOption(-8, 1) }
        #endif
    }

    /// Gives whole pages back that nothing is in, wherever they lie; a few milliseconds.
    static func giveBack() {
        #if canImport(Glibc)
        _ = trimHeap(0)
        #endif
    }
}

#if canImport(Glibc)
// Of <malloc.h>, which Swift's module of the C library leaves out.
@_silgen_name("mallopt") private func setMallocOption(_ name: Int32, _ value: Int32) -> Int32
@_silgen_name("malloc_trim") private func trimHeap(_ pad: Int) -> Int32
#endif
