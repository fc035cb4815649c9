package io.jenkins.plugins.clickpipe.process;

import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jenkins.MasterToSlaveFileCallable;

/** Reads the whole lines of a growing UTF-8 file from a position on, at most about a megabyte at once. */
final class FileTail extends MasterToSlaveFileCallable<byte[]> {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 1 << 20;

    private final long from;

    FileTail(long from) {
        this.from = from;
    }

    /** Up to the last line's end; empty when nothing is new or the file is not there yet. */
    @Override
    public byte[] invoke(File file, VirtualChannel channel) throws IOException {
        if (!file.exists()) {
            return new byte[0];
        }
        try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(MOST, in.length() - from))];
            in.seek(from);
            in.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            if (end == 0 && bytes.length == MOST) {
                throw new IOException("A line of " + file.getName() + " is longer than " + MOST + " bytes");
            }
            return Arrays.copyOf(bytes, end);
        }
    }

    static String text(byte[] lines) {
        return new String(lines, StandardCharsets.UTF_8);
    }
}
