package io.jenkins.plugins.clickpipe.engine.report;

/** The characters that XML 1.0 allows (Extensible Markup Language 1.0, production 2, Char). */
final class XmlText {
    private XmlText() {}

    /** The text with each character that XML cannot hold replaced by U+FFFD. */
    static String valid(String text) {
        if (text.codePoints().allMatch(XmlText::allowed)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> clean.appendCodePoint(allowed(point) ? point : 0xFFFD));
        return clean.toString();
    }

    private static boolean allowed(int point) {
        return point == '\t'
                || point == '\n'
                || point == '\r'
                || (point >= 0x20 && point <= 0xD7FF)
                || (point >= 0xE000 && point <= 0xFFFD)
                || point >= 0x10000;
    }
}
