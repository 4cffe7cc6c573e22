package io.carom.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/// Libraries' own logs say nothing to who runs a command. `java.util.logging` makes one of these when
/// it is first asked for, and not before; `carom serve` lets warnings through from then on.
public final class QuietLibraries {
    /// Called by name.
    public QuietLibraries() throws IOException {
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(".level=OFF\n".getBytes(StandardCharsets.UTF_8)));
    }

    /// Before any library is used.
    static void please() {
        if (System.getProperty("java.util.logging.config.class") == null) {
            System.setProperty("java.util.logging.config.class", QuietLibraries.class.getName());
        }
    }
}
