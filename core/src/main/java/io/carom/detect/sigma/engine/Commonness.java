package io.carom.detect.sigma.engine;

/// How common texts are in names, paths and commands, roughly: as if each letter stood for itself.
final class Commonness {
    private Commonness() {}

    /// What many commands hold, letters in lower case.
    private static final String[] WORDS = {
        "\"c:\\windows\\system32\\cmd.exe\" /c ",
        "\"c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe\" -command ",
        "c:\\windows\\syswow64\\",
        "c:\\program files (x86)\\microsoft",
        "c:\\programdata\\",
        "c:\\users\\public\\appdata\\local\\temp\\",
        "appdata\\roaming\\",
        ".exe --type=",
        ".dll,",
        "rundll32.exe ",
        "\\system32\\svchost.exe -k netsvcs -p -s ",
        "conhost.exe 0xffffffff",
        "reg add hklm\\software\\",
        "http://",
        "https://"
    };

    /// How many commands hold a text, roughly.
    ///
    /// @param text letters in lower case
    static double inCommand(String text) {
        for (String word : WORDS) {
            if (word.contains(text)) {
                return 0.3;
            }
        }
        return Math.min(1, 200 * of(text));
    }

    private static final double[] OF_BYTE = new double[256];

    static {
        for (int i = 0; i < OF_BYTE.length; i++) {
            OF_BYTE[i] = of((char) i);
        }
    }

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
            chance *= OF_BYTE[text[i] & 0xff];
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
