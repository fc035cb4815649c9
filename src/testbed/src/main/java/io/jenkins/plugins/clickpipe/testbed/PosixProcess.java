package io.jenkins.plugins.clickpipe.testbed;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/** The few calls of the C library that the JDK does not offer (POSIX.1-2017, System Interfaces). */
final class PosixProcess {
    static final int SIGQUIT = 3;
    static final int SIGKILL = 9;

    private static final int O_RDWR = 2;
    private static final NativeLibrary LIBC = NativeLibrary.getInstance("c");

    private PosixProcess() {}

    static void signal(long pid, int signal) {
        call("kill", (int) pid, signal);
    }

    /** Ends this process at once, without exit handlers: the engine's own would abort. */
    static void killSelf() {
        signal(ProcessHandle.current().pid(), SIGKILL);
    }

    /** Makes this process the leader of a session and of a process group of its own. */
    static void newSession() {
        call("setsid");
    }

    /**
     * Puts a pseudo-terminal in the place of standard input.
     *
     * @return the descriptor under which the former standard input can still be read
     */
    static int standardInputToPseudoTerminal() {
        int former = check("dup", call("dup", 0));
        int noControllingTerminal = Platform.isMac() ? 0x20000 : 0x100;
        int terminal = check("posix_openpt", call("posix_openpt", O_RDWR | noControllingTerminal));
        check("grantpt", call("grantpt", terminal));
        check("unlockpt", call("unlockpt", terminal));
        String name = function("ptsname").invokeString(new Object[] {terminal}, false);
        int side = check("open", call("open", name, O_RDWR | noControllingTerminal));
        check("dup2", call("dup2", side, 0));
        return former;
    }

    /** Blocks until a pipe's other side is closed, whatever is written to it before. */
    static void awaitEndOfFile(int descriptor) {
        byte[] buffer = new byte[64];
        while (call("read", descriptor, buffer, buffer.length) > 0) {
            // what the parent says does not matter, only that it lives
        }
    }

    private static int check(String name, int result) {
        if (result < 0) {
            throw new IllegalStateException(name + " failed with " + result);
        }
        return result;
    }

    private static int call(String name, Object... arguments) {
        return function(name).invokeInt(arguments);
    }

    private static Function function(String name) {
        return LIBC.getFunction(name);
    }
}
