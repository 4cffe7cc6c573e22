package io.carom.mail.sign;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What a file is by its first bytes.
enum Content {
    PROGRAM,
    SHORTCUT,
    DISK,
    ONENOTE,
    OLE,
    RTF,
    PDF,
    ZIP,
    SEVEN,
    RAR,
    GZIP,
    TAR,
    CAB,
    SVG,
    HTML,
    IMAGE,
    OTHER;

    private static final int LOOKED = 1 << 20;

    static Content of(byte[] b) {
        if (starts(b, 0, "MZ") && b.length > 64
                || starts(b, 0, "\u007FELF")
                || starts(b, 0, "\u00CA\u00FE\u00BA\u00BE")) {
            return PROGRAM;
        }
        if (starts(b, 0, "L\0\0\0\u0001\u0014\u0002\0")) {
            return SHORTCUT;
        }
        if (starts(b, 0x8001, "CD001")
                || starts(b, 0x8001, "BEA01")
                || starts(b, 0, "conectix")
                || starts(b, 0, "vhdxfile")
                || b.length > 512 && starts(b, b.length - 512, "koly")) {
            return DISK;
        }
        if (starts(b, 0, "\u00E4R\\{\u008C\u00D8\u00A7M")) {
            return ONENOTE;
        }
        if (starts(b, 0, "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1")) {
            return OLE;
        }
        if (starts(b, 0, "{\\rt")) {
            return RTF;
        }
        if (head(b).contains("%PDF-")) {
            return PDF;
        }
        if (starts(b, 0, "PK\u0003\u0004") || starts(b, 0, "PK\u0005\u0006")) {
            return ZIP;
        }
        if (starts(b, 0, "7z\u00BC\u00AF\u0027\u001C")) {
            return SEVEN;
        }
        if (starts(b, 0, "Rar!\u001A\u0007")) {
            return RAR;
        }
        if (starts(b, 0, "\u001F\u008B")) {
            return GZIP;
        }
        if (starts(b, 257, "ustar")) {
            return TAR;
        }
        if (starts(b, 0, "MSCF")) {
            return CAB;
        }
        if (starts(b, 0, "\u0089PNG")
                || starts(b, 0, "\u00FF\u00D8\u00FF")
                || starts(b, 0, "GIF8")
                || starts(b, 0, "BM")) {
            return IMAGE;
        }
        String head = head(b).toLowerCase(Locale.ROOT);
        if (head.contains("<svg")) {
            return SVG;
        }
        return head.contains("<html") || head.contains("<!doctype html") || head.contains("<script") ? HTML : OTHER;
    }

    private static String head(byte[] b) {
        return new String(b, 0, Math.min(1_024, b.length), StandardCharsets.ISO_8859_1);
    }

    static boolean starts(byte[] b, int at, String latin1) {
        if (at < 0 || b.length < at + latin1.length()) {
            return false;
        }
        for (int i = 0; i < latin1.length(); i++) {
            if ((b[at + i] & 0xFF) != latin1.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// The first megabyte as text in lower case.
    static String text(byte[] b) {
        return new String(b, 0, Math.min(LOOKED, b.length), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    static boolean holds(byte[] b, String latin1) {
        byte[] wanted = latin1.getBytes(StandardCharsets.ISO_8859_1);
        return find(b, wanted);
    }

    /// Whether the text stands in it in two bytes a character, as names of streams do.
    static boolean holdsWide(byte[] b, String text) {
        return find(b, text.getBytes(StandardCharsets.UTF_16LE));
    }

    private static boolean find(byte[] b, byte[] wanted) {
        outer:
        for (int i = 0; i + wanted.length <= b.length; i++) {
            for (int j = 0; j < wanted.length; j++) {
                if (b[i + j] != wanted[j]) {
                    continue outer;
                }
            }
            return true;
        }
        return false;
    }

    /// Whether a file that ends so is never this.
    boolean isOtherThan(String ending) {
        return switch (ending) {
            case "pdf" -> this != PDF && this != OTHER && this != ZIP;
            case "jpg", "jpeg", "png", "gif", "bmp" ->
                this == PROGRAM || this == HTML || this == SVG || this == ZIP || this == PDF;
            case "txt", "csv" -> this == PROGRAM || this == HTML || this == SVG || this == ZIP || this == OLE;
            case "doc", "xls", "ppt" ->
                this == PROGRAM || this == HTML && !ending.equals("xls") || this == DISK || this == SHORTCUT;
            case "docx", "xlsx", "pptx" ->
                this == PROGRAM || this == HTML || this == DISK || this == SHORTCUT || this == RTF;
            case "zip", "rar", "7z" -> this == PROGRAM || this == HTML || this == DISK || this == SHORTCUT;
            default -> false;
        };
    }
}
