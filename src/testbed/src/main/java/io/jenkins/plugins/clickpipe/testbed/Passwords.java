package io.jenkins.plugins.clickpipe.testbed;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes a new password for each embedded server, so that none ever stands in a file of the project. */
final class Passwords {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Passwords() {}

    static String next() {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
