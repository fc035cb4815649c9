package io.jenkins.plugins.clickpipe.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadMemoryTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"384, 1, 32", "384, 2, 31", "384, 4, 15", "384, 8, 7", "384, 128, 0", "4096, 8, 32", "96, 8, 1"})
    void theChunksOfAllWorkersTakeAThirdOfTheHeapAndNoneIsLargerThanPays(long heap, int workers, int chunk) {
        LoadMemory memory = LoadMemory.of(heap * MIB, workers);

        assertThat(memory.chunkBytes() / MIB).isEqualTo(chunk);
        assertThat(2L * workers * memory.bufferBytes()).isLessThanOrEqualTo(heap * MIB / 3 + 256 * 1024);
    }
}
