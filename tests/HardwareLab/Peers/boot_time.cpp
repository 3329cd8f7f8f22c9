// How long a virtual machine takes from its first KVM_RUN to a text on its console, whatever program runs it.
//
// boot_time SECONDS MARKER PROGRAM [ARGUMENT...]: runs the program, whose output is the console, and kills it at the marker. The kernel's
// own trace says when a processor was entered first. Prints the console, then a line with tabs: "boot", the seconds from the first KVM_RUN to
// the marker, and those from the program's start to its first KVM_RUN. Ends with 1 when the marker did not come.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

static const char Tracing[] = "/sys/kernel/tracing";

static double Now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

static void Write(const char *name, const char *text)
{
    std::ofstream file(std::string(Tracing) + "/" + name);
    file << text << std::flush;
    if (!file) {
        fprintf(stderr, "'%s' cannot be written to the trace's %s: %s\n", text, name, strerror(errno));
        exit(2);
    }
}

// The first line that is no comment: task-pid [cpu] flags seconds: kvm_entry: ...
static double FirstEntry()
{
    std::ifstream trace(std::string(Tracing) + "/trace");
    for (std::string line; std::getline(trace, line);) {
        size_t event = line.find(": kvm_entry:");
        if (line.empty() || line[0] == '#' || event == std::string::npos) continue;
        size_t begin = line.rfind(' ', event);
        return atof(line.c_str() + begin + 1);
    }
    fprintf(stderr, "no processor was entered\n");
    exit(2);
}

int main(int count, char **words)
{
    if (count < 4) {
        fprintf(stderr, "usage: boot_time SECONDS MARKER PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    double limit = atof(words[1]);
    std::string marker = words[2], console;

    if (mount("tracefs", Tracing, "tracefs", 0, nullptr) < 0 && errno != EBUSY) {
        perror("mount of tracefs");
        return 2;
    }
    Write("trace_clock", "mono");
    Write("trace", "");
    Write("tracing_on", "1");
    Write("events/kvm/kvm_entry/trigger", "traceoff:1"); // from then on an entry is not recorded
    Write("events/kvm/kvm_entry/enable", "1");

    int output[2];
    if (pipe2(output, O_CLOEXEC) < 0) {
        perror("pipe");
        return 2;
    }
    double start = Now();
    pid_t child = fork();
    if (child == 0) {
        dup2(output[1], 1);
        execv(words[3], words + 3);
        perror(words[3]);
        _exit(127);
    }
    close(output[1]);

    bool seen = false;
    double end = start;
    while (!seen) {
        pollfd wait = {output[0], POLLIN, 0};
        if (poll(&wait, 1, int((start + limit - Now()) * 1000)) <= 0) break;
        char buffer[4096];
        ssize_t length = read(output[0], buffer, sizeof buffer);
        end = Now();
        if (length <= 0) break;
        console.append(buffer, size_t(length));
        seen = console.find(marker) != std::string::npos;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    Write("events/kvm/kvm_entry/enable", "0");
    Write("events/kvm/kvm_entry/trigger", "!traceoff:1");

    printf("%s\n", console.c_str());
    if (!seen) {
        fprintf(stderr, "'%s' did not come within %.1f s\n", marker.c_str(), end - start);
        return 1;
    }
    double entry = FirstEntry();
    printf("boot\t%.3f\t%.3f\n", end - entry, entry - start);
    return 0;
}
