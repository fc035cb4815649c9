package io.jenkins.plugins.clickpipe.engine.types;

import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.numeric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.types.ValueEncoder.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryDecimalTest {
    private final RowBuffer out = new RowBuffer();

    /** What becomes of a value in binary, which must be what becomes of its text. */
    private Outcome convert(BigDecimal value, int precision, int scale) {
        out.clear();
        byte[] sent = numeric(value);
        Outcome outcome = new BinaryDecimal(precision, scale).encode(sent, 0, sent.length, out);
        RowBuffer fromText = new RowBuffer();
        byte[] text = value.toPlainString().getBytes(StandardCharsets.US_ASCII);
        assertThat(new DecimalEncoder(precision, scale).encode(text, 0, text.length, fromText))
                .as("%s as Decimal(%d, %d)", value, precision, scale)
                .isEqualTo(outcome);
        if (outcome == Outcome.UNREPRESENTABLE) {
            assertThat(out.length()).isZero();
        } else {
            assertThat(written(scale))
                    .as("%s as Decimal(%d, %d)", value, precision, scale)
                    .isEqualByComparingTo(new BigDecimal(fromText.toString()));
        }
        return outcome;
    }

    private BigDecimal written(int scale) {
        byte[] littleEndian = out.toByteArray();
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
        }
        return new BigDecimal(new BigInteger(bigEndian), scale);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 9, 2, 4",
        "-1.25, 9, 2, 4",
        "9999999.99, 9, 2, 4",
        "-9999999.99, 9, 2, 4",
        "999999999, 9, 0, 4",
        "0.000000001, 9, 9, 4",
        "1234567890.12345678, 18, 8, 8",
        "-999999999999999999, 18, 0, 8",
        "99999999999999999999999999999999999999, 38, 0, 16",
        "-0.1, 38, 38, 16",
        "1.5, 76, 38, 32",
        "12345678901234567890.5, 76, 38, 32",
        "-99999999999999999999999999999999999999.99999999999999999999999999999999999999, 76, 38, 32",
        "1e75, 76, 0, 32",
        "-1e-76, 76, 76, 32",
        "10000, 9, 0, 4",
        "0.0001, 9, 4, 4",
        "1e4, 6, 1, 4"
    })
    void aValueThatFitsArrivesInTheBytesOfItsPrecision(BigDecimal value, int precision, int scale, int bytes) {
        assertThat(convert(value, precision, scale)).isEqualTo(Outcome.EXACT);
        assertThat(written(scale)).isEqualByComparingTo(value);
        assertThat(out.length()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0.005, 9, 2, ALTERED",
        "-0.005, 9, 2, ALTERED",
        "0.0049999, 9, 2, ALTERED",
        "1e-40, 76, 38, ALTERED",
        "5e-39, 76, 38, ALTERED",
        "9999999.994, 9, 2, ALTERED",
        "9999999.995, 9, 2, UNREPRESENTABLE",
        "-9999999.995, 9, 2, UNREPRESENTABLE",
        "10000000, 9, 2, UNREPRESENTABLE",
        "1e38, 76, 38, UNREPRESENTABLE",
        "0.99995, 4, 4, UNREPRESENTABLE",
        "0.99994999, 4, 4, ALTERED",
        "0.5, 1, 0, ALTERED",
        "9.5, 1, 0, UNREPRESENTABLE",
        "0.00004999, 9, 4, ALTERED",
        "0.00005, 9, 4, ALTERED",
        "0.00000001, 9, 3, ALTERED",
        "1.500, 9, 2, EXACT"
    })
    void whatDoesNotFitIsRoundedHalfUpOrCannotBeHeld(BigDecimal value, int precision, int scale, Outcome outcome) {
        assertThat(convert(value, precision, scale)).isEqualTo(outcome);
    }

    @Test
    void randomValuesBecomeTheSameAsFromTheirText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int precision = 1 + random.nextInt(76);
            int scale = random.nextInt(precision + 1);
            int digits = 1 + random.nextInt(90);
            BigInteger unscaled = new BigInteger(random.nextInt(300) + 1, random).mod(BigInteger.TEN.pow(digits));
            BigDecimal value = new BigDecimal(random.nextBoolean() ? unscaled : nines(digits), random.nextInt(80));
            try {
                convert(random.nextBoolean() ? value : value.negate(), precision, scale);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static BigInteger nines(int digits) {
        return BigInteger.TEN.pow(digits).subtract(BigInteger.ONE);
    }

    @Test
    void notANumberAndInfinitiesCannotBeHeld() {
        for (int sign : new int[] {0xC000, 0xD000, 0xF000}) {
            byte[] sent = numeric(0, sign, 0, List.of());
            assertThat(new BinaryDecimal(76, 38).encode(sent, 0, sent.length, out))
                    .isEqualTo(Outcome.UNREPRESENTABLE);
        }
    }

    @Test
    void zeroGroupsAtEitherEndDoNotMatter() {
        byte[] sent = numeric(3, 0, 8, List.of(0, 0, 12, 3400, 0));
        assertThat(new BinaryDecimal(9, 2).encode(sent, 0, sent.length, out)).isEqualTo(Outcome.EXACT);
        assertThat(written(2)).isEqualByComparingTo("123400.00");
    }

    @Test
    void theLongestValueThatPostgresHasCannotBeHeld() {
        assertThat(convert(new BigDecimal(nines(131_072)), 76, 38)).isEqualTo(Outcome.UNREPRESENTABLE);
        assertThat(convert(new BigDecimal(BigInteger.ONE, 16_383), 76, 38)).isEqualTo(Outcome.ALTERED);
    }

    @Test
    void anotherFormIsRefused() {
        byte[] sent = numeric(BigDecimal.TEN);
        assertThatThrownBy(() -> new BinaryDecimal(9, 2).encode(sent, 0, sent.length - 1, out))
                .isInstanceOf(EncodingException.class);
        assertThatThrownBy(() -> new BinaryDecimal(9, 2).encode(sent, 0, 3, out))
                .isInstanceOf(EncodingException.class);
    }
}
