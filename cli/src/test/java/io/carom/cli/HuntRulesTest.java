package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `hunt --rules` reads of what is kept only the inputs at which a rule may look, and finds what reading all
/// would.
@Timeout(600)
class HuntRulesTest {
    private static final Pattern PASSED = Pattern.compile("([\\d,]+) of ([\\d,]+) inputs have no event");

    @TempDir
    Path folder;

    private Path rule(String name, String logSource, String detection) throws IOException {
        return Files.writeString(folder.resolve(name + ".yml"), """
                title: %s
                id: 00000000-0000-4000-8000-%012x
                level: low
                logsource: {%s}
                detection: {sel: {%s}, condition: sel}
                """.formatted(
                        name, name.hashCode() & 0xFFFFFFFFL, logSource, detection));
    }

    private static List<String> findings(Program.Result result, String title) {
        List<String> told = new ArrayList<>();
        result.objects().stream()
                .filter(o -> o.path("finding_info").path("title").asString("").equals(title))
                .forEach(o -> told.add(o.path("time") + " " + o.path("evidences")));
        told.sort(null);
        return told;
    }

    @Test
    void whatIsNotReadHoldsNothingThatARuleFinds() throws Exception {
        Path logs = folder.resolve("logs");
        Program carom = new Program(folder.resolve("home"));
        Program.Result made = carom.run(
                "scenario", "--seed=3", "--days=3", "--clients=2", "--events=10000", "--out=" + logs, "--quiet");
        assertEquals(0, made.exit(), made.err());
        carom.run("ingest", "--quiet", logs.toString());
        List<Path> rules = List.of(
                rule("zeek-dns", "product: zeek, service: dns", "query|contains: '.'"),
                rule("zeek-conn", "product: zeek, service: conn", "id.resp_p: 443"),
                rule("proxy", "category: proxy", "c-uri|contains: '/'"),
                rule("windows", "product: windows, service: security", "EventID: 4624"),
                rule("process", "product: windows, category: process_creation", "Image|contains: '\\'"),
                rule("everything", "", "src_ip|contains: '.'"),
                rule("nothing", "product: okta, service: okta", "eventType: 'x'"));
        // Read whole by all at once, hunted for one after another.
        List<String> asked = new ArrayList<>(List.of("detect", "--json"));
        rules.forEach(rule -> asked.addAll(List.of("--rules", rule.toString())));
        asked.add(logs.toString());
        Program.Result whole = carom.run(asked.toArray(String[]::new));
        int found = 0;
        int passedOver = 0;
        for (Path rule : rules) {
            String title = rule.getFileName().toString().replace(".yml", "");
            Program.Result hunted = carom.run("hunt", "--json", "--rules", rule.toString());
            assertEquals(findings(whole, title), findings(hunted, title), title);
            Matcher passed = PASSED.matcher(hunted.err());
            if (passed.find()) {
                passedOver++;
                assertFalse(passed.group(1).equals("0"), hunted.err());
            }
            found += findings(hunted, title).isEmpty() ? 0 : 1;
            if (title.equals("nothing")) {
                assertEquals(passed.group(1), passed.group(2), hunted.err());
            }
        }
        assertTrue(found >= 4, "rules that found something: " + found);
        assertTrue(passedOver >= 5, "rules for which inputs were passed over: " + passedOver);
    }
}
