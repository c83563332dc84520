/// The files of Public/, inside the program.
#pragma once

#include <stddef.h>

typedef struct {
    /// The path below Public/, such as "css/tokens.css".
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t length;
} public_file;

/// How many files there are.
size_t public_count(void);

/// The file at an index below public_count().
public_file public_at(size_t index);

/// The public holidays of the world, as bin/holidays writes them.
public_file public_holidays(void);
