package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/** Lets one worker at a time hold a long value. */
final class HeldValues {
    private static final int FREE_BYTES = 1 << 20;

    private final int longest;
    private final Semaphore turn = new Semaphore(1);

    /** @param longest bytes of a value */
    HeldValues(int longest) {
        this.longest = longest;
    }

    /** One worker's way to it. */
    final class Holder {
        private boolean holds;

        /** @throws EngineException when the value is too long for the process's memory */
        void grow(int bytes, String column) {
            if (bytes > longest) {
                throw new EngineException("A value of column " + column + " is longer than " + (longest >> 20)
                        + " MiB and of a type that has to be converted as a whole, which the memory of this process does"
                        + " not allow. Give it more memory (java -Xmx), eight times the value's length, or exclude the"
                        + " column.");
            }
            if (bytes > FREE_BYTES && !holds) {
                try {
                    turn.acquire();
                    holds = true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CancellationException();
                }
            }
        }

        void release() {
            if (holds) {
                holds = false;
                turn.release();
            }
        }
    }

    Holder holder() {
        return new Holder();
    }
}
