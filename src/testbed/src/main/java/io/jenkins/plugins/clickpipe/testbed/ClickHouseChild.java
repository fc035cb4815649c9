package io.jenkins.plugins.clickpipe.testbed;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.util.Arrays;

/**
 * Main class of the child process that is a ClickHouse server: it loads the engine's shared library and runs
 * clickhouse-local in it. Arguments: the library's path, then clickhouse-local's own.
 *
 * <p>It ends itself by SIGKILL when its standard input's pipe closes. MergeTree data survive that.
 */
public final class ClickHouseChild {
    private static final long ENGINE_STACK_BYTES = 64L << 20;

    private ClickHouseChild() {}

    public static void main(String[] arguments) {
        int parent = PosixProcess.standardInputToPseudoTerminal();
        // SYSTEM SHUTDOWN signals the whole process group
        PosixProcess.newSession();
        NativeLibrary engine = NativeLibrary.getInstance(arguments[0]);
        // the engine's handlers would take SIGSEGV away from the JVM, which uses it
        engine.getFunction("chdb_set_signal_handlers_enabled").invokeVoid(new Object[] {0});
        String[] commandLine = Arrays.copyOfRange(arguments, 1, arguments.length);
        new Thread(null, () -> run(engine, commandLine), "clickhouse", ENGINE_STACK_BYTES).start();
        PosixProcess.awaitEndOfFile(parent);
        PosixProcess.killSelf();
    }

    private static void run(NativeLibrary engine, String[] commandLine) {
        Pointer result = engine.getFunction("chdb_query_cmdline")
                .invokePointer(new Object[] {commandLine.length, new StringArray(commandLine, "UTF-8")});
        String error = result == null
                ? null
                : engine.getFunction("chdb_result_error").invokeString(new Object[] {result}, false);
        System.err.println("ClickHouse ended" + (error == null ? "" : ": " + error));
        System.err.flush();
        PosixProcess.killSelf();
    }
}
