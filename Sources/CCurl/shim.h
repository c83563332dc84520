// Swift cannot call variadic C functions: one inline function for each type of value that an option takes.
#pragma once
#include <curl/curl.h>

// Not safe to run twice at once; everything else is.
static inline CURLcode workestra_curl_start(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

typedef size_t (*workestra_curl_data)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode workestra_curl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode workestra_curl_set_size(CURL *curl, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(curl, option, value);
}

// libcurl copies the text.
static inline CURLcode workestra_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

// The list must outlive the transfer.
static inline CURLcode workestra_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode workestra_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode workestra_curl_set_data(CURL *curl, CURLoption option, workestra_curl_data value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode workestra_curl_get_long(CURL *curl, CURLINFO info, long *value) {
    return curl_easy_getinfo(curl, info, value);
}
