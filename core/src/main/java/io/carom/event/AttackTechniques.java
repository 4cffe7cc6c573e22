package io.carom.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Names of ATT&CK's enterprise techniques, by their ids.
public final class AttackTechniques {
    private static final Map<String, String> NAMES = read();

    private AttackTechniques() {}

    /// The name of `T1021` or `T1021.001` (without that of the technique it is a part of), or null for an
    /// id that ATT&CK does not have.
    public static @Nullable String name(String id) {
        return NAMES.get(id);
    }

    private static Map<String, String> read() {
        Map<String, String> names = new HashMap<>();
        try (InputStream in = AttackTechniques.class.getResourceAsStream("attack-techniques.tsv")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(l -> !l.startsWith("#")).forEach(line -> {
                int tab = line.indexOf('\t');
                names.put(line.substring(0, tab), line.substring(tab + 1));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(names);
    }
}
