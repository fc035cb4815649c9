package io.jenkins.plugins.clickpipe.process;

import hudson.model.TaskListener;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Prints the engine's log line by line, each phase marked; keeps a line that is not yet complete. */
final class ConsoleLines implements Serializable {
    private static final long serialVersionUID = 1L;
    /** As the engine's log has it: time, level, and the phase in brackets. */
    private static final Pattern PHASE = Pattern.compile("[0-9:]{8} [A-Z]+ \\[[A-Za-z -]{1,40}] .*");

    private byte[] begun = new byte[0];

    void print(byte[] bytes, boolean end, TaskListener listener) throws IOException {
        byte[] all = Arrays.copyOf(begun, begun.length + bytes.length);
        System.arraycopy(bytes, 0, all, begun.length, bytes.length);
        int complete = all.length;
        while (!end && complete > 0 && all[complete - 1] != '\n') {
            complete--;
        }
        begun = Arrays.copyOfRange(all, complete, all.length);
        for (String line :
                new String(all, 0, complete, StandardCharsets.UTF_8).lines().toList()) {
            if (PHASE.matcher(line).matches()) {
                listener.annotate(new PhaseNote());
            }
            listener.getLogger().println(line);
        }
    }
}
