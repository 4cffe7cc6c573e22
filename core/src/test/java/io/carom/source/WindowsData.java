package io.carom.source;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// Where the Windows data of others lies. Where it is not at hand the calling test is skipped,
/// or fails where the environment says `CI=true`.
public final class WindowsData {
    private WindowsData() {}

    public static Path file(String name) {
        Path file = Path.of(System.getProperty("carom.data", "../shared/data"), name);
        if (!Files.exists(file)) {
            String message = file + " is not there (system property carom.data)";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(message);
            }
            Assumptions.abort(message);
        }
        return file;
    }
}
