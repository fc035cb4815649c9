package io.jenkins.plugins.clickpipe.engine.report;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is known of the terminal that standard error may be. */
public final class Terminal {
    private static final int DEFAULT_WIDTH = 120;

    private Terminal() {}

    /** Whether a person may be taken to look at standard error, on a terminal that can erase a line. */
    public static boolean isAttached() {
        String type = System.getenv("TERM");
        return type != null
                && !type.equals("dumb")
                && System.getenv("CI") == null
                && hasConsole()
                && !redirected(Path.of("/proc/self/fd/2"));
    }

    /** Its columns, as the environment tells them. */
    static int width() {
        try {
            String columns = System.getenv("COLUMNS");
            return columns == null ? DEFAULT_WIDTH : Math.max(40, Integer.parseInt(columns.trim()));
        } catch (NumberFormatException unreadable) {
            return DEFAULT_WIDTH;
        }
    }

    /** The encoding of the system, which is not Java's default one since Java 18. */
    static Charset charset() {
        return Charset.forName(System.getProperty("native.encoding", "UTF-8"));
    }

    /** From Java 22 on there is a console without a terminal, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException beforeJava22) {
            return true;
        } catch (ReflectiveOperationException unknown) {
            return false;
        }
    }

    /** Whether standard error goes elsewhere, which the console does not tell; known on Linux only. */
    private static boolean redirected(Path standardError) {
        try {
            return !Files.readSymbolicLink(standardError).startsWith("/dev");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
