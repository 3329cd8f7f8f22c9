// Random reads and writes of 4 KiB on a whole disk, one at a time, past the page cache: a guest's init runs it.
//
// disk_load DEVICE OPERATIONS: writes and reads in turn at random places. Prints "load", the operations a second and "end" with tabs between.
// Ends with 1 when something read is not what was written there.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

static const uint64_t Block = 4096, MostBlocks = 4096, BlockSize64 = 0x80081272; // BLKGETSIZE64

static int Fail(const char *what)
{
    perror(what);
    return 1;
}

static double Now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

int main(int count, char **words)
{
    if (count != 3) return 2;
    int operations = atoi(words[2]), disk = open(words[1], O_RDWR | O_DIRECT);
    uint64_t size = 0;
    if (disk < 0 || ioctl(disk, BlockSize64, &size) < 0) return Fail(words[1]);
    uint64_t blocks = size / Block < MostBlocks ? size / Block : MostBlocks;
    auto *buffer = static_cast<uint8_t *>(aligned_alloc(Block, Block));
    std::vector<uint8_t> written(blocks); // what each block was filled with; 0 is not known
    uint32_t random = 1;
    double start = 0;
    for (int i = -operations / 4; i < operations; i++) { // the first warm up
        if (i == 0) start = Now();
        random = random * 1664525 + 1013904223;
        uint64_t block = (random >> 8) % blocks;
        if (i & 1) {
            written[block] = uint8_t(1 + (random >> 24) % 255);
            memset(buffer, written[block], Block);
            if (pwrite(disk, buffer, Block, off_t(block * Block)) != ssize_t(Block)) return Fail("write");
            continue;
        }
        if (pread(disk, buffer, Block, off_t(block * Block)) != ssize_t(Block)) return Fail("read");
        if (written[block] != 0 && (buffer[0] != written[block] || buffer[Block - 1] != written[block])) {
            fprintf(stderr, "block %llu is not what was written\n", static_cast<unsigned long long>(block));
            return 1;
        }
    }
    printf("load\t%.1f\tend\n", operations / (Now() - start));
    fflush(stdout);
    return 0;
}
