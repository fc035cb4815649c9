package io.jenkins.plugins.clickpipe.engine.verification;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers that one server has computed over rows, in whatever order: first how many rows there are, then for each
 * measure a sum. A sum is of the first 64 bits of an MD5, as a signed number, exact however many rows there are.
 */
record Fingerprint(List<BigInteger> numbers) {
    Fingerprint {
        numbers = List.copyOf(numbers);
    }

    /** Of some rows and of others, what it is of all. */
    Fingerprint plus(Fingerprint others) {
        List<BigInteger> sums = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            sums.add(numbers.get(i).add(others.numbers.get(i)));
        }
        return new Fingerprint(sums);
    }

    boolean equalsAt(int position, Fingerprint other) {
        return numbers.get(position).equals(other.numbers.get(position));
    }
}
