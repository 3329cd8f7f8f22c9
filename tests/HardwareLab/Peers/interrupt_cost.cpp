// What it costs the one who interrupts a processor of KVM's: a message by KVM_SIGNAL_MSI, or a write to an eventfd that a routing table
// (KVM_SET_GSI_ROUTING) turns into one (KVM_IRQFD).
//
// interrupt_cost BATCHES INTERRUPTS: for each kind of processor a line with tabs: away (nobody is in KVM_RUN), running, halted; interrupts of a
// batch; for the message and for the eventfd the median and the least nanoseconds of the call over the batches, which alternate; nanoseconds of
// a change of the table. Each interrupt is waited for before the next is sent, but for the processor that is away, which takes none. Where none
// is taken within a second there is a dash, as on a KVM without hardware underneath.

#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "peer.h"

static const uint64_t MemorySize = 0x10000, Code = 0x1000, Handler = 0x1100, Idt = 0x2000, Count = 0x4000;
static const uint32_t Vector = 0x61, MessageAddress = 0xfee00000, Patience = 1000;
static const int Pins = 24, Routes = 200;

// sti; again: hlt; jmp again
static const uint8_t HaltCode[] = {0xfb, 0xf4, 0xeb, 0xfd};
// sti; again: pause; jmp again
static const uint8_t RunCode[] = {0xfb, 0xf3, 0x90, 0xeb, 0xfc};
// inc dword [0x4000]; mov dword [0xfee000b0], 0; iret
static const uint8_t HandlerCode[] = {0xff, 0x05, 0x00, 0x40, 0x00, 0x00, 0xc7, 0x05, 0xb0, 0x00, 0xe0, 0xfe, 0x00, 0x00, 0x00, 0x00, 0xcf};

// struct kvm_irq_routing, of which the kernel's header makes 16 bytes in C++ where they are 8, and so another request.
struct Table {
    uint32_t count, flags;
    kvm_irq_routing_entry entry;
};
static const unsigned long SetRouting = _IOC(_IOC_WRITE, KVMIO, 0x6a, 8);

struct Machine {
    int kvm, machine, processor, bell;
    uint8_t *memory;
    kvm_run *run;
    size_t length;
    pthread_t thread;
    volatile bool ended;
};

static void Nothing(int) {}

static void *Run(void *argument)
{
    auto *machine = static_cast<Machine *>(argument);
    while (!machine->ended) {
        if (ioctl(machine->processor, KVM_RUN, 0) < 0 && errno != EINTR) Check(-1, "KVM_RUN");
        uint32_t reason = machine->run->exit_reason;
        if (reason == KVM_EXIT_INTERNAL_ERROR || reason == KVM_EXIT_SHUTDOWN || reason == KVM_EXIT_FAIL_ENTRY) break;
    }
    return nullptr;
}

// What a guest's write to its MSI-X table costs where interrupts go by eventfds.
static void SetRoute(const Machine &machine)
{
    Table table = {};
    table.count = 1;
    table.entry.gsi = Pins;
    table.entry.type = KVM_IRQ_ROUTING_MSI;
    table.entry.u.msi.address_lo = MessageAddress;
    table.entry.u.msi.data = Vector;
    Check(ioctl(machine.machine, SetRouting, &table), "KVM_SET_GSI_ROUTING");
}

static Machine Make(const uint8_t *code, size_t size)
{
    Machine m = {};
    m.kvm = Check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    m.machine = Check(ioctl(m.kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    kvm_enable_cap split = {};
    split.cap = KVM_CAP_SPLIT_IRQCHIP;
    split.args[0] = Pins;
    Check(ioctl(m.machine, KVM_ENABLE_CAP, &split), "KVM_CAP_SPLIT_IRQCHIP");
    m.memory = static_cast<uint8_t *>(mmap(nullptr, MemorySize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memcpy(m.memory + Code, code, size);
    memcpy(m.memory + Handler, HandlerCode, sizeof HandlerCode);
    uint64_t gate = (Handler & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | Handler >> 16 << 48;
    memcpy(m.memory + Idt + 8 * Vector, &gate, sizeof gate);
    // Flat segments, for what IRET loads.
    uint64_t descriptors[] = {0, 0x00cf9b000000ffff, 0x00cf93000000ffff};
    memcpy(m.memory + 0x3000, descriptors, sizeof descriptors);
    kvm_userspace_memory_region region = {0, 0, 0, MemorySize, uint64_t(m.memory)};
    Check(ioctl(m.machine, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    m.processor = Check(ioctl(m.machine, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    m.length = size_t(Check(ioctl(m.kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE"));
    m.run = static_cast<kvm_run *>(mmap(nullptr, m.length, PROT_READ | PROT_WRITE, MAP_SHARED, m.processor, 0));

    kvm_sregs system;
    Check(ioctl(m.processor, KVM_GET_SREGS, &system), "KVM_GET_SREGS");
    kvm_segment text = {}, data = {};
    text.limit = data.limit = 0xffffffff;
    text.present = data.present = text.s = data.s = text.db = data.db = text.g = data.g = 1;
    text.selector = 8;
    text.type = 11;
    data.selector = 16;
    data.type = 3;
    system.cs = text;
    system.ds = system.es = system.fs = system.gs = system.ss = data;
    system.gdt.base = 0x3000;
    system.gdt.limit = sizeof descriptors - 1;
    system.idt.base = Idt;
    system.idt.limit = 0x7ff;
    system.cr0 |= 1;
    Check(ioctl(m.processor, KVM_SET_SREGS, &system), "KVM_SET_SREGS");
    kvm_regs registers = {};
    registers.rip = Code;
    registers.rsp = 0x8000;
    registers.rflags = 2;
    Check(ioctl(m.processor, KVM_SET_REGS, &registers), "KVM_SET_REGS");
    kvm_lapic_state apic;
    Check(ioctl(m.processor, KVM_GET_LAPIC, &apic), "KVM_GET_LAPIC");
    uint32_t on = 0x1ff;
    memcpy(apic.regs + 0xf0, &on, sizeof on);
    Check(ioctl(m.processor, KVM_SET_LAPIC, &apic), "KVM_SET_LAPIC");

    SetRoute(m);
    m.bell = Check(eventfd(0, EFD_CLOEXEC), "eventfd");
    kvm_irqfd irqfd = {};
    irqfd.fd = uint32_t(m.bell);
    irqfd.gsi = Pins;
    Check(ioctl(m.machine, KVM_IRQFD, &irqfd), "KVM_IRQFD");
    return m;
}

static uint32_t Taken(const Machine &machine) { return *reinterpret_cast<volatile uint32_t *>(machine.memory + Count); }

// Nanoseconds of a call, or a negative number if an interrupt is not taken.
static double Batch(const Machine &machine, bool byEventfd, bool waits, int interrupts)
{
    kvm_msi message = {};
    message.address_lo = MessageAddress;
    message.data = Vector;
    uint64_t one = 1, spent = 0;
    for (int i = 0; i < interrupts; i++) {
        uint32_t before = Taken(machine);
        uint64_t begin = Now();
        if (byEventfd) Check(int(write(machine.bell, &one, sizeof one)), "write");
        else Check(ioctl(machine.machine, KVM_SIGNAL_MSI, &message), "KVM_SIGNAL_MSI");
        spent += Now() - begin;
        if (!waits) continue;
        uint64_t limit = Now() + uint64_t(Patience) * 1000000;
        while (Taken(machine) == before) {
            if (Now() > limit) return -1;
            sched_yield();
        }
        // Until it halts again.
        timespec moment = {0, 20000};
        nanosleep(&moment, nullptr);
    }
    return double(spent) / interrupts;
}

static void Measure(const char *name, const uint8_t *code, size_t size, bool runs, int batches, int interrupts)
{
    Machine machine = Make(code, size);
    if (runs) pthread_create(&machine.thread, nullptr, Run, &machine);
    timespec moment = {0, 50000000};
    nanosleep(&moment, nullptr);
    std::vector<double> times[2];
    uint64_t begin = Now();
    for (int i = 0; i < Routes; i++) SetRoute(machine);
    double route = double(Now() - begin) / Routes;
    bool taken = true;
    for (int batch = -1; taken && batch < batches; batch++) // the first warms up
        for (int kind = 0; taken && kind < 2; kind++) {
            double time = Batch(machine, kind == 1, runs, interrupts);
            taken = time >= 0;
            if (batch >= 0) times[kind].push_back(time);
        }
    printf("%s\t%d", name, interrupts);
    for (auto &list : times) {
        std::sort(list.begin(), list.end());
        if (taken) printf("\t%.1f\t%.1f", list[list.size() / 2], list[0]);
        else printf("\t-\t-");
    }
    printf("\t%.1f\n", route);
    fflush(stdout);
    if (runs) {
        machine.ended = true;
        machine.run->immediate_exit = 1;
        pthread_kill(machine.thread, SIGUSR1);
        pthread_join(machine.thread, nullptr);
    }
    munmap(machine.run, machine.length);
    close(machine.processor);
    close(machine.bell);
    close(machine.machine);
    close(machine.kvm);
    munmap(machine.memory, MemorySize);
}

int main(int count, char **words)
{
    int batches = count == 3 ? atoi(words[1]) : 0, interrupts = count == 3 ? atoi(words[2]) : 0;
    if (batches <= 0 || interrupts <= 0) {
        fprintf(stderr, "usage: interrupt_cost BATCHES INTERRUPTS\n");
        return 2;
    }
    struct sigaction action = {};
    action.sa_handler = Nothing;
    sigaction(SIGUSR1, &action, nullptr);
    Measure("away", RunCode, sizeof RunCode, false, batches, interrupts);
    Measure("running", RunCode, sizeof RunCode, true, batches, interrupts);
    Measure("halted", HaltCode, sizeof HaltCode, true, batches, interrupts);
    return 0;
}
