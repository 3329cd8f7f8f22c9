using System.Net.Sockets;
using System.Text;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Linux;

/// <summary>Sockets between a Debian machine and its host, with the kernel's own driver and programs of a few system calls.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxVsockTests(SharedLinuxMachine shared)
{
    private const int Port = 1234;

    [LinuxGuestFact]
    public async Task Guest_and_host_reach_each_other_by_sockets()
    {
        var (linux, path) = (shared.Linux, shared.VsockPath);
        byte[] content = new byte[100_000];
        new Random(5).NextBytes(content);

        // The guest connects, sends, closes its half, and prints what comes back.
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"{path}_{Port}"));
        listener.Listen();
        await linux.WriteFileAsync("/tmp/to-host", LinuxProgram.Make(ConnectToHost));
        await linux.WriteFileAsync("/tmp/echo", LinuxProgram.Make(Echo));
        await linux.WriteFileAsync("/tmp/content", content);
        await linux.AskAsync("chmod 700 /tmp/to-host /tmp/echo");
        var sending = linux.RunAsync("/tmp/to-host </tmp/content >/tmp/answer; echo $?");
        using (var host = await listener.AcceptAsync())
        {
            byte[] got = await ReadAsync(host, content.Length + 1);
            Assert.Equal(content, got);
            Array.Reverse(got);
            await host.SendAsync(got);
        }
        Assert.Equal("0", Encoding.ASCII.GetString((await sending).Output).Trim());
        Assert.Equal(content.Reverse(), await linux.ReadFileAsync("/tmp/answer"));
        listener.Dispose();
        Assert.Equal("1", await linux.AskAsync("/tmp/to-host </dev/null; echo $?"));     // nobody listens any more

        // The host connects to a program of the guest's that gives everything back.
        var echoing = linux.RunAsync("/tmp/echo");
        using var client = await ConnectAsync(path);
        var writing = Task.Run(async () =>
        {
            for (int done = 0; done < content.Length;) done += await client.SendAsync(content.AsMemory(done));
            client.Shutdown(SocketShutdown.Send);
        });
        Assert.Equal(content, await ReadAsync(client, content.Length + 1));
        await writing;
        Assert.Equal(0, (await echoing).ExitCode);
        await linux.AskAsync("rm /tmp/to-host /tmp/echo /tmp/content /tmp/answer");
    }

    // The guest's program may not listen yet.
    private static async Task<Socket> ConnectAsync(string path)
    {
        using var patience = new CancellationTokenSource(LinuxMachine.Patience);
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"CONNECT {Port}\n"), patience.Token);
            byte[] line = new byte[32];
            int length = 0;
            while (length < line.Length && await socket.ReceiveAsync(line.AsMemory(length, 1), patience.Token) == 1 && line[length++] != '\n') { }
            if (length > 0)
            {
                Assert.StartsWith("OK 1073741", Encoding.ASCII.GetString(line, 0, length), StringComparison.Ordinal);
                return socket;
            }
            socket.Dispose();
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int most)
    {
        using var patience = new CancellationTokenSource(LinuxMachine.Patience);
        byte[] bytes = new byte[most];
        int done = 0;
        for (int got; done < most && (got = await socket.ReceiveAsync(bytes.AsMemory(done), patience.Token)) > 0;) done += got;
        return bytes[..done];
    }

    // socket(AF_VSOCK, SOCK_STREAM), connect to the host, stdin to the socket, shutdown(SHUT_WR), the socket to stdout; exit 1 if refused.
    private static void ConnectToHost(Assembler c)
    {
        var fail = c.CreateLabel();
        OpenSocket(c, cid: 2);
        Call(c, 42, ebx, 16);
        c.test(eax, eax);
        c.jnz(fail);
        Copy(c, () => c.xor(edi, edi), () => c.mov(edi, ebx));
        c.mov(eax, 48);
        c.mov(edi, ebx);
        c.mov(esi, 1);
        c.syscall();
        Copy(c, () => c.mov(edi, ebx), () => c.mov(edi, 1));
        LinuxProgram.Exit(c, 0);
        c.Label(ref fail);
        LinuxProgram.Exit(c, 1);
    }

    // Takes one connection and gives back what comes.
    private static void Echo(Assembler c)
    {
        OpenSocket(c, cid: uint.MaxValue);
        Call(c, 49, ebx, 16);           // bind
        c.mov(eax, 50);                 // listen
        c.mov(edi, ebx);
        c.mov(esi, 1);
        c.syscall();
        c.mov(eax, 43);                 // accept
        c.mov(edi, ebx);
        c.xor(esi, esi);
        c.xor(edx, edx);
        c.syscall();
        c.mov(ebx, eax);
        Copy(c, () => c.mov(edi, ebx), () => c.mov(edi, ebx));
        LinuxProgram.Exit(c, 0);
    }

    // The socket in EBX, struct sockaddr_vm (linux/vm_sockets.h) at RSP, room for 4 KiB behind it.
    private static void OpenSocket(Assembler c, uint cid)
    {
        c.mov(eax, 41);
        c.mov(edi, 40);
        c.mov(esi, 1);
        c.xor(edx, edx);
        c.syscall();
        c.mov(ebx, eax);
        c.sub(rsp, 0x1100);
        c.mov(rax, 40ul | (ulong)Port << 32);
        c.mov(__qword_ptr[rsp], rax);
        c.mov(rax, (ulong)cid);
        c.mov(__qword_ptr[rsp + 8], rax);
    }

    private static void Call(Assembler c, int number, AssemblerRegister32 file, int length)
    {
        c.mov(eax, number);
        c.mov(edi, file);
        c.mov(rsi, rsp);
        c.mov(edx, length);
        c.syscall();
    }

    private static void Copy(Assembler c, Action from, Action to)
    {
        Label again = c.CreateLabel(), end = c.CreateLabel();
        c.Label(ref again);
        c.xor(eax, eax);
        from();
        c.lea(rsi, __[rsp + 0x100]);
        c.mov(edx, 0x1000);
        c.syscall();
        c.test(rax, rax);
        c.jle(end);
        c.mov(rdx, rax);
        c.mov(eax, 1);
        to();
        c.lea(rsi, __[rsp + 0x100]);
        c.syscall();
        c.jmp(again);
        c.Label(ref end);
        c.nop();
    }
}
