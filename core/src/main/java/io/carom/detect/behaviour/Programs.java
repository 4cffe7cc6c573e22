package io.carom.detect.behaviour;

import java.util.Locale;

/// What a program is called, of the path under which it was begun.
final class Programs {
    private Programs() {}

    /// The last part of a Windows or Unix path, in lower case: `cmd.exe`.
    static String file(String path) {
        int slash = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
        return path.substring(slash + 1).toLowerCase(Locale.ROOT);
    }

    /// As {@link #file}, without `.exe`, so that a program has one name on all systems.
    static String name(String path) {
        String file = file(path);
        return file.endsWith(".exe") ? file.substring(0, file.length() - 4) : file;
    }

    /// As {@link #name}, without the version that systems write behind it: `php-fpm8.2`, `python3.11`.
    static String family(String path) {
        String name = name(path);
        int end = name.length();
        while (end > 0 && (name.charAt(end - 1) >= '0' && name.charAt(end - 1) <= '9' || name.charAt(end - 1) == '.')) {
            end--;
        }
        return end == 0 ? name : name.substring(0, end);
    }
}
