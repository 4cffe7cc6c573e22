package io.carom.detect.behaviour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.engine.Runner;
import io.carom.event.AttackTechniques;
import io.carom.observe.RemoteProcedure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What an analytic says that its findings may name is what its text names: the page of coverage says no
/// less and no more.
class AnalyticTechniquesTest {
    private static final Path SOURCES = Path.of(System.getProperty("carom.root", ".."), "core/src/main/java");
    private static final Pattern METHOD =
            Pattern.compile("public List<String> techniques\\(\\) \\{.*?\\n    }", Pattern.DOTALL);
    private static final Pattern TECHNIQUE = Pattern.compile("\"(T\\d{4}(?:\\.\\d{3})?)\"");

    @Test
    void anAnalyticSaysWhichTechniquesItsFindingsMayName() throws IOException {
        int compared = 0;
        for (Analytic<?> one : Runner.installed()) {
            List<String> said = one.techniques();
            assertFalse(said.isEmpty(), one.id());
            assertEquals(said.size(), new HashSet<>(said).size(), () -> one.id() + " names one twice: " + said);
            said.forEach(t -> assertNotNull(AttackTechniques.name(t), () -> one.id() + ": " + t));
            String source =
                    Files.readString(SOURCES.resolve(one.getClass().getName().replace('.', '/') + ".java"));
            Matcher method = METHOD.matcher(source);
            assertTrue(method.find(), one.id());
            boolean calls = method.group().contains("RemoteProcedure.techniques()");
            Set<String> named = new TreeSet<>(calls ? RemoteProcedure.techniques() : List.of());
            Matcher technique = TECHNIQUE.matcher(method.replaceFirst(""));
            while (technique.find()) {
                named.add(technique.group(1));
            }
            assertEquals(named, new TreeSet<>(said), one.id());
            compared++;
        }
        assertTrue(compared > 30, "compared: " + compared);
    }
}
