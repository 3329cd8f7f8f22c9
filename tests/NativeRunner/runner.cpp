// Executes single instructions on this processor, each with a given register, x87/SSE and memory state, and records what they leave.
//
//   runner <file> <capacity>
//
// <file> holds <capacity> slots (struct Slot) and is shared with the caller. The caller fills slots, writes their count (uint32) to the
// runner's standard input, and reads it back from its standard output when they are done.
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

// Fixed places below 2 GiB, so that the entry and exit code needs no register. The generator (NativeCase.cs) knows DATA and CODE;
// CONTEXT is at an odd place so that no generated address meets it.
#define DATA 0x10000000
#define CODE 0x20000800
#define CONTEXT 0x3A7B5000

constexpr size_t PageSize = 4096;
constexpr uint32_t NoTrap = 0xFFFFFFFF;

struct State
{
    uint64_t registers[16]; // RAX RCX RDX RBX RSP RBP RSI RDI R8–R15
    uint64_t flags;
};

struct Case
{
    State state;
    uint32_t codeLength;
    uint32_t reserved;
    uint8_t code[16];
    uint8_t padding[32];
    uint8_t fx[512];
    uint8_t page[PageSize];
};

struct Result
{
    State state;
    int64_t rip; // distance from the instruction's first byte
    uint32_t trap; // exception vector, or NoTrap
    uint32_t signal;
    uint64_t error;
    uint64_t address; // CR2
    uint8_t padding[24];
    uint8_t fx[512];
    uint8_t page[PageSize];
};

struct Slot
{
    Case input;
    Result output;
};

static_assert(offsetof(Case, fx) == 192 && sizeof(Case) == 4800 && offsetof(Result, fx) == 192 && sizeof(Result) == 4800);

// At CONTEXT; the offsets are used by the assembly below.
struct Context
{
    uint64_t in[16];     // 0
    uint64_t inFlags;    // 128
    uint64_t entry;      // 136
    uint64_t exit;       // 144
    uint64_t hostStack;  // 152
    uint64_t hostFsBase; // 160
    uint64_t hasFsBase;  // 168
    uint64_t out[16];    // 176
    uint64_t outFlags;   // 304
    uint32_t hostMxcsr;  // 312
    uint32_t reserved;
    alignas(64) uint8_t inFx[512]; // 320
    uint8_t outFx[512];            // 832
};

static_assert(offsetof(Context, inFx) == 320 && offsetof(Context, outFx) == 832);

extern "C" void run_instruction();
extern "C" void instruction_ended();
extern "C" void instruction_trapped();

asm(R"(
    .intel_syntax noprefix
    .text
    .set C, 0x3A7B5000
    .globl run_instruction, instruction_ended, instruction_trapped
run_instruction:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov ds:[C + 152], rsp
    cmp qword ptr ds:[C + 168], 0
    je 1f
    rdfsbase rax
    mov ds:[C + 160], rax
    xor eax, eax
    wrfsbase rax
1:  fxrstor64 ds:[C + 320]
    push qword ptr ds:[C + 128]
    popfq
    mov rax, ds:[C + 0]
    mov rcx, ds:[C + 8]
    mov rdx, ds:[C + 16]
    mov rbx, ds:[C + 24]
    mov rsp, ds:[C + 32]
    mov rbp, ds:[C + 40]
    mov rsi, ds:[C + 48]
    mov rdi, ds:[C + 56]
    mov r8, ds:[C + 64]
    mov r9, ds:[C + 72]
    mov r10, ds:[C + 80]
    mov r11, ds:[C + 88]
    mov r12, ds:[C + 96]
    mov r13, ds:[C + 104]
    mov r14, ds:[C + 112]
    mov r15, ds:[C + 120]
    jmp qword ptr ds:[C + 136]
instruction_ended:
    mov ds:[C + 176], rax
    mov ds:[C + 184], rcx
    mov ds:[C + 192], rdx
    mov ds:[C + 200], rbx
    mov ds:[C + 208], rsp
    mov ds:[C + 216], rbp
    mov ds:[C + 224], rsi
    mov ds:[C + 232], rdi
    mov ds:[C + 240], r8
    mov ds:[C + 248], r9
    mov ds:[C + 256], r10
    mov ds:[C + 264], r11
    mov ds:[C + 272], r12
    mov ds:[C + 280], r13
    mov ds:[C + 288], r14
    mov ds:[C + 296], r15
    mov rsp, ds:[C + 152]
    pushfq
    pop qword ptr ds:[C + 304]
    push 0x202
    popfq
    fxsave64 ds:[C + 832]
    cmp qword ptr ds:[C + 168], 0
    je instruction_trapped
    mov rax, ds:[C + 160]
    wrfsbase rax
instruction_trapped:
    fninit
    ldmxcsr ds:[C + 312]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .att_syntax
)");

static Context *const context = reinterpret_cast<Context *>(CONTEXT);
static Result *result;

// Runs on the alternative stack and with the tested instruction's FS base until that is restored.
__attribute__((no_stack_protector)) static void OnSignal(int signal, siginfo_t *, void *raw)
{
    if (context->hasFsBase) asm volatile("wrfsbase %0" : : "r"(context->hostFsBase));
    auto *machine = &static_cast<ucontext_t *>(raw)->uc_mcontext;
    greg_t *r = machine->gregs;
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    if (!result) _exit(3);
    for (int i = 0; i < 16; i++) result->state.registers[i] = r[order[i]];
    result->state.flags = r[REG_EFL];
    result->rip = r[REG_RIP] - CODE;
    result->trap = static_cast<uint32_t>(r[REG_TRAPNO]);
    result->signal = signal;
    result->error = r[REG_ERR];
    result->address = r[REG_CR2];
    memcpy(result->fx, machine->fpregs, 512);
    // A branch arrived at the breakpoints that surround the instruction: that is its end.
    if (result->trap == 3 && result->rip != 1)
    {
        result->rip--;
        result->trap = NoTrap;
    }
    auto *fx = reinterpret_cast<uint8_t *>(machine->fpregs);
    const uint16_t control = 0x37F, status = 0;
    memcpy(fx, &control, 2);
    memcpy(fx + 2, &status, 2);
    memcpy(fx + 24, &context->hostMxcsr, 4);
    r[REG_RIP] = reinterpret_cast<greg_t>(&instruction_trapped);
    r[REG_RSP] = context->hostStack;
    r[REG_EFL] = 0x202;
}

// Where the code page can be written; the instructions themselves cannot write to it.
static uint8_t *writableCode;

static void *MapAt(uintptr_t address, size_t size, int protection, int file = -1)
{
    void *wanted = reinterpret_cast<void *>(address);
    int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    void *got = mmap(wanted, size, protection, flags | (address ? MAP_FIXED_NOREPLACE : 0), file, 0);
    if (got == MAP_FAILED || (address && got != wanted))
    {
        fprintf(stderr, "runner: cannot map %zu bytes at %#lx\n", size, static_cast<unsigned long>(address));
        exit(2);
    }
    return got;
}

static void MapCode()
{
    int file = memfd_create("code", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, PageSize) != 0)
    {
        perror("runner: code page");
        exit(2);
    }
    auto *page = static_cast<uint8_t *>(MapAt(0, PageSize, PROT_READ | PROT_WRITE, file));
    MapAt(CODE & ~(PageSize - 1), PageSize, PROT_READ | PROT_EXEC, file);
    close(file);
    memset(page, 0xCC, PageSize);
    writableCode = page + (CODE & (PageSize - 1));
}

static void Run(const Case &input, Result &output)
{
    uint8_t *code = writableCode;
    auto *data = reinterpret_cast<uint8_t *>(DATA);
    uint32_t length = input.codeLength <= 15 ? input.codeLength : 15;
    memcpy(context->in, input.state.registers, sizeof context->in);
    context->inFlags = (input.state.flags & 0xCD5) | 0x202;
    memcpy(context->inFx, input.fx, 512);
    memcpy(data, input.page, PageSize);
    memcpy(code, input.code, length);
    static const uint8_t leave[] = {0xFF, 0x24, 0x25, 0x90, 0x50, 0x7B, 0x3A}; // jmp [CONTEXT + 144]
    memcpy(code + length, leave, sizeof leave);

    output.trap = NoTrap;
    output.signal = 0;
    result = &output;
    run_instruction();
    result = nullptr;
    if (output.signal == 0)
    {
        memcpy(output.state.registers, context->out, sizeof context->out);
        output.state.flags = context->outFlags;
        output.rip = length;
        output.error = output.address = 0;
        memcpy(output.fx, context->outFx, 512);
    }
    memcpy(output.page, data, PageSize);
    memset(code, 0xCC, length + sizeof leave);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    uint32_t capacity = strtoul(argv[2], nullptr, 10);
    int file = open(argv[1], O_RDWR | O_CLOEXEC);
    void *shared = mmap(nullptr, sizeof(Slot) * capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || shared == MAP_FAILED)
    {
        perror("runner");
        return 2;
    }
    auto *slots = static_cast<Slot *>(shared);

    MapAt(DATA, PageSize, PROT_READ | PROT_WRITE);
    MapCode();
    MapAt(CONTEXT, PageSize, PROT_READ | PROT_WRITE);
    context->entry = CODE;
    context->exit = reinterpret_cast<uint64_t>(&instruction_ended);
    context->hostMxcsr = 0x1F80;
    context->hasFsBase = (getauxval(AT_HWCAP2) & 2) != 0; // HWCAP2_FSGSBASE

    constexpr size_t stackSize = 1 << 16;
    stack_t stack = {.ss_sp = malloc(stackSize), .ss_flags = 0, .ss_size = stackSize};
    sigaltstack(&stack, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = OnSignal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (int signal : {SIGFPE, SIGSEGV, SIGILL, SIGBUS, SIGTRAP}) sigaction(signal, &action, nullptr);

    for (uint32_t count; read(0, &count, sizeof count) == sizeof count;)
    {
        if (count > capacity) return 2;
        for (uint32_t i = 0; i < count; i++) Run(slots[i].input, slots[i].output);
        if (write(1, &count, sizeof count) != sizeof count) return 2;
    }
    return 0;
}
