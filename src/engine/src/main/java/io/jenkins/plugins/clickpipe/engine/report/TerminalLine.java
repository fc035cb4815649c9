package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * A terminal whose last line is a live progress bar and whose other lines are ordinary output. What is written to
 * the stream goes above the bar: the bar is erased first and drawn again after the line's end. Uses the carriage
 * return and the "erase in line" control function (ECMA-48, 8.3.41), which every terminal of today knows.
 */
final class TerminalLine extends OutputStream implements ProgressBarConsumer {
    private static final byte[] ERASE = "\r\u001b[2K".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream terminal;
    private final int width;
    private byte[] bar = {};
    private boolean drawn;
    private boolean lineOpen;

    TerminalLine(OutputStream terminal, int width) {
        this.terminal = requireNonNull(terminal);
        this.width = width;
    }

    @Override
    public int getMaxRenderedLength() {
        return width;
    }

    /** Draws the bar, unless a line of ordinary output is half written. */
    @Override
    public synchronized void accept(String rendered) {
        bar = rendered.getBytes(StandardCharsets.UTF_8);
        try {
            draw();
        } catch (IOException terminalGone) {
            bar = new byte[0];
        }
    }

    @Override
    public synchronized void clear() {
        bar = new byte[0];
        try {
            erase();
            terminal.flush();
        } catch (IOException terminalGone) {
            drawn = false;
        }
    }

    @Override
    public synchronized void write(int character) throws IOException {
        write(new byte[] {(byte) character}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        erase();
        terminal.write(bytes, offset, length);
        lineOpen = bytes[offset + length - 1] != '\n';
        draw();
    }

    @Override
    public synchronized void flush() throws IOException {
        terminal.flush();
    }

    /** Erases the bar; the terminal itself stays open. */
    @Override
    public void close() {
        clear();
    }

    private void draw() throws IOException {
        if (bar.length > 0 && !lineOpen) {
            erase();
            terminal.write(bar);
            terminal.flush();
            drawn = true;
        }
    }

    private void erase() throws IOException {
        if (drawn) {
            terminal.write(ERASE);
            drawn = false;
        }
    }
}
