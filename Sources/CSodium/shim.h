// Constants that are macros of macros come to Swift as typed values here.
#pragma once
#include <sodium.h>

/// Octets of a password hash string with its closing zero.
static const size_t workestra_pwhash_string_size = crypto_pwhash_STRBYTES;
static const unsigned long long workestra_pwhash_ops_interactive = crypto_pwhash_OPSLIMIT_INTERACTIVE;
static const size_t workestra_pwhash_memory_interactive = crypto_pwhash_MEMLIMIT_INTERACTIVE;
static const unsigned long long workestra_pwhash_ops_moderate = crypto_pwhash_OPSLIMIT_MODERATE;
static const size_t workestra_pwhash_memory_moderate = crypto_pwhash_MEMLIMIT_MODERATE;
static const int workestra_pwhash_argon2id = crypto_pwhash_ALG_ARGON2ID13;
