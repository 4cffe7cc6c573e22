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
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// ATT&CK's enterprise techniques, by their ids: names and tactics.
public final class AttackTechniques {
    /// @param gone whether ATT&CK has taken it out
    private record Technique(String name, List<AttackTactic> tactics, boolean gone) {}

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

    /// The ids of the matrix as it is, without those that were taken out of it, in their order.
    public static Set<String> current() {
        Set<String> out = new TreeSet<>();
        TECHNIQUES.forEach((id, technique) -> {
            if (!technique.gone) {
                out.add(id);
            }
        });
        return out;
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
                                        .toList(),
                                parts.length > 3 && parts[3].equals("gone")));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(out);
    }
}
