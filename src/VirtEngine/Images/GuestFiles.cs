namespace VirtEngine.Images;

/// <summary>The texts that turn busybox and the guest agent into a small system. They run in busybox's shell.</summary>
internal static class GuestFiles
{
    /// <summary>What the guest writes to its console as the first thing.</summary>
    internal const string UserspaceMarker = "virttools: userspace";

    /// <summary>
    /// /init: mounts, loads the drivers of what is there, and becomes busybox's init, which reaps orphans and restarts what ends.
    /// </summary>
    internal const string Init = """
        #!/bin/sh
        export PATH=/usr/sbin:/usr/bin
        mount -t devtmpfs -o mode=0755 devtmpfs /dev
        mkdir -p /dev/pts
        mount -t devpts devpts /dev/pts
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t tmpfs -o mode=0755 tmpfs /run
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        echo 'virttools: userspace'

        shell=
        for word in $(cat /proc/cmdline); do
          case $word in
            virttools.hostname=*) hostname "${word#*=}" ;;
            virttools.shell) shell=yes ;;
          esac
        done
        ifconfig lo 127.0.0.1

        # The bus first: it shows what devices there are, and they name their drivers.
        modprobe virtio_pci
        modprobe -a -q button evdev $(cat /sys/bus/virtio/devices/*/modalias 2>/dev/null)

        # Adapters in the order of their slots; those without an address of the spec's are up alone, for whoever configures them.
        number=0
        for adapter in $(for path in /sys/bus/pci/devices/*/virtio*/net/*; do [ -e "$path" ] && echo "${path##*/}"; done); do
          for word in $(cat /proc/cmdline); do
            case $word in
              virttools.address$number=*) ip addr add "${word#*=}" dev "$adapter" ;;
            esac
          done
          ip link set "$adapter" up
          number=$((number + 1))
        done

        [ "$shell" ] && echo 'ttyS0::respawn:-/bin/sh' >>/etc/inittab
        exec /usr/sbin/init

        """;

    /// <summary>What busybox's init keeps running.</summary>
    internal const string Inittab = """
        ::respawn:/usr/lib/virttools/agent
        ::respawn:/usr/sbin/acpid -f -l /dev/null

        """;

    /// <summary>Becomes the guest agent as soon as the host offers its port. init starts it again when it ends.</summary>
    internal const string Agent = """
        #!/bin/sh
        tries=0
        while :; do
          for port in /sys/class/virtio-ports/*; do
            name=
            [ -e "$port/name" ] && read -r name <"$port/name"
            [ "$name" = org.qemu.guest_agent.0 ] && exec qemu-ga -m virtio-serial -p "/dev/${port##*/}" -t /run
          done
          # The port follows its driver by milliseconds; a machine without one need not be woken often.
          tries=$((tries + 1))
          if [ $tries -lt 100 ]; then sleep 0.05; else sleep 2; fi
        done

        """;

    /// <summary>/sbin/shutdown as the guest agent calls it: shutdown -h -P|-H|-r +0 message.</summary>
    internal const string Shutdown = """
        #!/bin/sh
        action=poweroff
        for word; do
          case $word in
            -r) action=reboot ;;
            -H) action=halt ;;
          esac
        done
        sync
        while read -r device place rest; do
          case $device in /dev/*) umount "$place" || mount -o remount,ro "$place" ;; esac
        done </proc/mounts 2>/dev/null
        exec $action -f

        """;

    /// <summary>What acpid runs on the power button.</summary>
    internal const string PowerButton = """
        #!/bin/sh
        exec /usr/sbin/shutdown -h -P +0

        """;

    /// <summary>Commands of busybox that get a name in /usr/bin.</summary>
    internal static readonly string[] Commands =
    [
        "[", "ash", "awk", "base64", "basename", "bc", "bunzip2", "bzcat", "cat", "chgrp", "chmod", "chown", "chroot", "clear", "cmp", "cp", "cpio",
        "cut", "date", "dc", "dd", "df", "diff", "dirname", "dmesg", "du", "echo", "egrep", "env", "expand", "expr", "factor", "fallocate", "false",
        "fgrep", "find", "fold", "free", "getopt", "grep", "groups", "gunzip", "gzip", "head", "hexdump", "hostid", "hostname", "id", "ipcalc",
        "kill", "killall", "less", "link", "ln", "ls", "md5sum", "mkdir", "mkfifo", "mknod", "mktemp", "more", "mount", "mv", "nc", "nl",
        "nproc", "nslookup", "od", "paste", "patch", "pidof", "ping", "ping6", "printf", "ps", "pwd", "readlink", "realpath", "renice",
        "reset", "rev", "rm", "rmdir", "sed", "seq", "setsid", "sh", "sha1sum", "sha256sum", "sha3sum", "sha512sum", "shred", "shuf", "sleep", "sort",
        "stat", "strings", "stty", "sync", "tac", "tail", "tar", "taskset", "tee", "telnet", "test", "time", "timeout", "top", "touch", "tr",
        "traceroute", "true", "truncate", "tty", "umount", "uname", "unexpand", "uniq", "unlink", "unshare", "unxz", "unzip", "uptime", "usleep",
        "uudecode", "uuencode", "vi", "watch", "wc", "wget", "which", "whoami", "xargs", "xxd", "xzcat", "yes", "zcat",
    ];

    /// <summary>Commands of busybox that get a name in /usr/sbin.</summary>
    internal static readonly string[] SystemCommands =
    [
        "acpid", "arp", "arping", "blkdiscard", "blockdev", "brctl", "fdisk", "fsfreeze", "fstrim", "halt", "hwclock", "ifconfig", "ifdown", "ifup",
        "init", "insmod", "ip", "losetup", "lsmod", "mdev", "mke2fs", "mkdosfs", "mkswap", "modinfo", "modprobe", "nologin", "partprobe",
        "pivot_root", "poweroff", "rdate", "reboot", "rmmod", "route", "start-stop-daemon", "swapoff", "swapon", "switch_root", "sysctl", "syslogd",
        "tc", "udhcpc", "uevent", "vconfig", "watchdog",
    ];

    /// <summary>Drivers that a guest may need; only those whose devices are there get loaded.</summary>
    internal static readonly string[] Modules =
    [
        "button", "evdev", "virtio_balloon", "virtio_blk", "virtio_console", "virtio_net", "virtio_pci", "virtio_rng", "vmw_vsock_virtio_transport",
    ];
}
