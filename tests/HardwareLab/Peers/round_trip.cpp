// The shortest way to an exit of KVM and back, without our engine: what its run loop is compared with.
//
// round_trip BATCHES EXITS: a guest in real mode writes to a port, then to an address without memory, forever. For each a line with tabs:
// its name, the exits of a batch, the median and the least nanoseconds of an exit over the batches, and the instructions that the host
// executed for an exit, kernel included, or a dash where the processor does not count them (perf_event_open).

#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "peer.h"

static const uint64_t MemorySize = 0x10000, Start = 0x1000;

// mov dx, 0x3f8; again: out dx, al; jmp again
static const uint8_t PortCode[] = {0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd};
// mov ax, 0x3000; mov ds, ax; again: mov [8], al; jmp again
static const uint8_t MemoryCode[] = {0xb8, 0x00, 0x30, 0x8e, 0xd8, 0xa2, 0x08, 0x00, 0xeb, 0xfb};

static int OpenCounter()
{
    perf_event_attr attributes = {};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.exclude_guest = 1;
    return int(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

static uint64_t ReadCounter(int counter)
{
    uint64_t value = 0;
    if (counter >= 0 && read(counter, &value, sizeof value) != sizeof value) Check(-1, "read of the counter");
    return value;
}

static void Measure(const char *name, const uint8_t *code, size_t size, uint32_t reason, int batches, int exits)
{
    int kvm = Check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    int machine = Check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    void *memory = mmap(nullptr, MemorySize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(static_cast<uint8_t *>(memory) + Start, code, size);
    kvm_userspace_memory_region region = {0, 0, 0, MemorySize, uint64_t(memory)};
    Check(ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    int processor = Check(ioctl(machine, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    size_t length = size_t(Check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE"));
    auto *run = static_cast<kvm_run *>(mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, processor, 0));
    kvm_sregs segments;
    Check(ioctl(processor, KVM_GET_SREGS, &segments), "KVM_GET_SREGS");
    segments.cs.base = 0;
    segments.cs.selector = 0;
    Check(ioctl(processor, KVM_SET_SREGS, &segments), "KVM_SET_SREGS");
    kvm_regs registers = {};
    registers.rip = Start;
    registers.rflags = 2;
    Check(ioctl(processor, KVM_SET_REGS, &registers), "KVM_SET_REGS");

    int counter = OpenCounter();
    std::vector<double> times, instructions;
    for (int batch = -1; batch < batches; batch++) { // the first warms up
        uint64_t counted = ReadCounter(counter), begin = Now();
        for (int i = 0; i < exits; i++) {
            Check(ioctl(processor, KVM_RUN, 0), "KVM_RUN");
            if (run->exit_reason != reason) {
                fprintf(stderr, "%s: exit %d has reason %u, not %u\n", name, i, run->exit_reason, reason);
                exit(1);
            }
        }
        uint64_t end = Now();
        if (batch < 0) continue;
        times.push_back(double(end - begin) / exits);
        instructions.push_back(double(ReadCounter(counter) - counted) / exits);
    }
    std::sort(times.begin(), times.end());
    std::sort(instructions.begin(), instructions.end());
    printf("%s\t%d\t%.1f\t%.1f\t", name, exits, times[times.size() / 2], times[0]);
    if (counter >= 0) printf("%.1f\n", instructions[instructions.size() / 2]);
    else printf("-\n");
    fflush(stdout);
    if (counter >= 0) close(counter);
    munmap(run, length);
    close(processor);
    close(machine);
    close(kvm);
    munmap(memory, MemorySize);
}

int main(int count, char **words)
{
    int batches = count == 3 ? atoi(words[1]) : 0, exits = count == 3 ? atoi(words[2]) : 0;
    if (batches <= 0 || exits <= 0) {
        fprintf(stderr, "usage: round_trip BATCHES EXITS\n");
        return 2;
    }
    Measure("port", PortCode, sizeof PortCode, KVM_EXIT_IO, batches, exits);
    Measure("memory", MemoryCode, sizeof MemoryCode, KVM_EXIT_MMIO, batches, exits);
    return 0;
}
