package io.carom.detect.sigma.engine;

/// How common texts are in names, paths and commands, roughly: as if each letter stood for itself.
final class Commonness {
    private Commonness() {}

    static double of(String text) {
        double chance = 1;
        for (int i = 0; i < text.length(); i++) {
            chance *= of(text.charAt(i));
        }
        return chance;
    }

    static double of(byte[] text, int from, int to) {
        double chance = 1;
        for (int i = from; i < to; i++) {
            chance *= of((char) (text[i] & 0xff));
        }
        return chance;
    }

    private static double of(char c) {
        if (c >= 'a' && c <= 'z') {
            return "etaoinsr".indexOf(c) >= 0 ? 0.06 : "jkqxz".indexOf(c) >= 0 ? 0.005 : 0.02;
        }
        return c >= '0' && c <= '9' ? 0.02 : "\\ .-/:\"".indexOf(c) >= 0 ? 0.04 : 0.003;
    }
}
