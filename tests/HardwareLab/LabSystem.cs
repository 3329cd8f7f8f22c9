namespace HardwareLab;

/// <summary>What runs in the lab before the programs do.</summary>
internal static class LabSystem
{
    internal const string KernelPackage = "linux-image-amd64";
    internal const string BusyboxPackage = "busybox-static";

    /// <summary>The name of the port over which programs are ordered and their output comes.</summary>
    internal const string Port = "virttools.lab";

    /// <summary>The name of the port at which <see cref="LabBeat"/> knocks.</summary>
    internal const string BeatPort = "virttools.beat";

    /// <summary>The word on the kernel's command line that asks for a shell on the serial line.</summary>
    internal const string ShellWord = "lab.shell";

    /// <summary>What the lab says on its port when it takes orders.</summary>
    internal const string Ready = "ready";

    /// <summary>What comes before the token that ends a program's output; the program's last line need not have an end.</summary>
    internal const char EndMark = '\x1e';

    /// <summary>The modules; what they use comes by itself.</summary>
    internal static readonly string[] Modules = ["9p", "9pnet_virtio", "kvm_amd", "overlay", "virtio_console", "virtio_pci"];

    /// <summary>What those use. It need not be complete for a later kernel, but then the error that names the missing one comes from here.</summary>
    internal static readonly string[] UsedModules =
    [
        "9pnet", "ccp", "fscache", "irqbypass", "kvm", "netfs", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_ring",
    ];

    /// <summary>
    /// /init. The root of the programs is the host's file tree, over 9p and read-only, with files that must be fast from the initial RAM file
    /// system before it and memory for what is written: a program has the same path in the lab as on the host, and so have its libraries.
    /// An order is a token and, in base64, a script; the script's output comes back, then the token and the exit code.
    /// </summary>
    internal const string Init = """
        #!/bin/sh
        PATH=/bin
        for command in $(busybox --list); do [ -e /bin/$command ] || busybox ln -s busybox /bin/$command; done
        mount -t devtmpfs devtmpfs /dev
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        for module in /modules/*; do insmod "$module" || echo "lab: $module cannot be loaded"; done

        mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 host /host
        mount -t tmpfs tmpfs /written
        mkdir /written/upper /written/work
        mount -t overlay -o lowerdir=/fast:/host,upperdir=/written/upper,workdir=/written/work overlay /root || echo 'lab: no file tree'
        mount -t tmpfs -o mode=0755 tmpfs /root/run
        for place in dev proc sys; do mount --bind /$place /root/$place; done
        mkdir -p /root/dev/shm && mount -t tmpfs -o mode=1777 tmpfs /root/dev/shm
        mkdir -p /root/dev/pts && mount -t devpts devpts /root/dev/pts
        hostname lab
        ifconfig lo 127.0.0.1
        [ -c /dev/kvm ] || echo 'lab: no /dev/kvm'

        case " $(cat /proc/cmdline) " in
          *' lab.shell '*)
            export HOME=/root TERM=linux PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DOTNET_EnableDiagnostics=0
            /bin/setsid /bin/sh -c 'exec /bin/chroot /root /bin/sh -i </dev/ttyS0 >/dev/ttyS0 2>&1'
            /bin/poweroff -f ;;
        esac

        for port in /sys/class/virtio-ports/*; do
          read -r name <"$port/name"
          case "$name" in
            virttools.lab) exec 3<>"/dev/${port##*/}" ;;
            virttools.beat) cat "/dev/${port##*/}" >/dev/null & ;;
          esac
        done
        echo ready >&3
        while read -r token order <&3; do
          printf %s "$order" | base64 -d >/order
          # In the background: of a foreground command the shell itself says that it was killed.
          sh /order </dev/null >&3 2>&1 &
          wait $!
          printf '\036%s %s\n' "$token" $? >&3
        done
        poweroff -f

        """;
}
