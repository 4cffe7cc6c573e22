package io.carom.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// ATT&CK's enterprise techniques, by their ids: names and tactics.
public final class AttackTechniques {
    private record Technique(String name, List<AttackTactic> tactics) {}

    private static final Map<String, Technique> TECHNIQUES = read();

    private AttackTechniques() {}

    /// The name of `T1021` or `T1021.001` (without that of the technique it is a part of), or null for an
    /// id that ATT&CK does not have.
    public static @Nullable String name(String id) {
        Technique technique = TECHNIQUES.get(id);
        return technique == null ? null : technique.name;
    }

    /// The tactics that a technique serves, in the order of the matrix; none for an id that ATT&CK does not have.
    public static List<AttackTactic> tactics(String id) {
        Technique technique = TECHNIQUES.get(id);
        return technique == null ? List.of() : technique.tactics;
    }

    private static Map<String, Technique> read() {
        Map<String, Technique> out = new HashMap<>();
        try (InputStream in = AttackTechniques.class.getResourceAsStream("attack-techniques.tsv")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(l -> !l.startsWith("#")).forEach(line -> {
                String[] parts = line.split("\t", -1);
                out.put(
                        parts[0],
                        new Technique(
                                parts[1],
                                Arrays.stream(parts[2].split(" "))
                                        .filter(t -> !t.isEmpty())
                                        .map(AttackTactic::of)
                                        .toList()));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(out);
    }
}
