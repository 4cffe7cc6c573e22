package io.carom.intel;

import io.carom.event.Indicator;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What events are asked for, from a file of any format of {@link IntelDocument}.
public final class IndicatorFile {
    /// Lines longer than this hold no indicator.
    public static final int MAX_LINE = 1 << 16;

    private IndicatorFile() {}

    /// What a file gave.
    ///
    /// @param indicators each value once, in the file's order; those alone that its origin means for detection
    /// @param faults `file:line: what was found and expected`
    public record Read(List<Indicator> indicators, List<String> faults) {}

    public static Read read(Path file) throws IOException {
        Gathered gathered = new Gathered();
        try (InputStream in = Files.newInputStream(file)) {
            IntelDocument.read(in, file.toString(), false, gathered);
        }
        return of(gathered);
    }

    /// A list, its lines as they are.
    public static Read read(Reader from, String file) throws IOException {
        Gathered gathered = new Gathered();
        ListReader.read(from, file, gathered);
        return of(gathered);
    }

    private static Read of(Gathered gathered) {
        List<Indicator> asked = gathered.indicators().stream()
                .filter(i -> i.facts().detect() && !i.facts().revoked())
                .flatMap(i -> i.asked().stream())
                .toList();
        return new Read(asked, gathered.faults());
    }
}
