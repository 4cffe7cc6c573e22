package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReasonsTest {
    private static final Path SOURCES =
            Path.of(System.getProperty("carom.root", ".."), "core/src/main/java/io/carom/mail");

    /// Reasons that the sources name, and those made of a topic of phrases.
    private static Set<String> named() throws IOException {
        Set<String> named = new TreeSet<>();
        Pattern literal = Pattern.compile("\"([a-z]+(?:-[a-z]+)*)\"");
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith("Signs.java")
                            || f.endsWith("MailHistory.java")
                            || f.endsWith("KnownIndicators.java"))
                    .toList()) {
                Matcher m = literal.matcher(Files.readString(file));
                while (m.find()) {
                    named.add(m.group(1));
                }
            }
        }
        named.retainAll(Reasons.own().all().keySet());
        for (String topic : Lists.node("phrases.yaml").members().keySet()) {
            named.addAll(List.of("subject-" + topic, "says-" + topic, "says-much-" + topic));
        }
        return named;
    }

    @Test
    void everyReasonIsLookedForAndEveryOneLookedForIsThere() throws IOException {
        Set<String> unnamed = new TreeSet<>(Reasons.own().all().keySet());
        unnamed.removeAll(named());
        unnamed.removeAll(Set.of("start", "damaged", "too-large", "campaign"));
        assertEquals(Set.of(), unnamed, "reasons that nothing looks for");
        for (String topic : Lists.node("phrases.yaml").members().keySet()) {
            assertTrue(Reasons.own().of("says-much-" + topic).weight() >= 0);
        }
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Pattern added = Pattern.compile("signs\\.add\\(\\s*\"([a-z-]+)\"\\s*[,)]");
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher m = added.matcher(Files.readString(file));
                while (m.find()) {
                    assertTrue(Reasons.own().all().containsKey(m.group(1)), file + " names " + m.group(1));
                }
            }
        }
    }

    @Test
    void weightsOfAFileTakeTheirPlace() throws ConfigException {
        Reasons changed = Reasons.own().with("link-short: {weight: 0.25}\n", "w.yaml");
        assertEquals(0.25, changed.of("link-short").weight());
        assertEquals(
                Reasons.own().of("link-idn").weight(), changed.of("link-idn").weight());
    }

    @Test
    void aWrongFileIsToldWithEveryFault() {
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> Reasons.own().with("link-shrt: {weight: 1}\nlink-idn: {weight: much}\n", "w.yaml"));
        String said = String.valueOf(e.getMessage());
        assertTrue(said.contains("w.yaml:1:") && said.contains("\"link-short\""), said);
        assertTrue(said.contains("w.yaml:2:") && said.contains("expected a number"), said);
    }
}
