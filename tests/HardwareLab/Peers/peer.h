// What the peers share.
#pragma once

#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

// Ends the program where a call has failed.
inline int Check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

// Nanoseconds since some moment.
inline uint64_t Now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}
