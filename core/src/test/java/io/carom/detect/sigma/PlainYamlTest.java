package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// What {@link PlainYaml} reads is what the engine for all of YAML reads, or nothing.
class PlainYamlTest {
    private static final String RULE = """
            # What stands before
            title: Remote service # and behind
            id: 6a0c6f3a-5f0b-4f2b-9a39-1c9c5b0f7d11
            description: |
                First line.

                  More: indented # no comment
                Last "line".

            level: 'it''s high'
            empty:
            "quoted name" : "a \\\\ b \\"c\\""
            date: 2024-01-02
            references:
                - https://example.test/a?b=c#d
                - '#anchor'
            logsource:
                product: windows
                category: process_creation
            detection:
                selection:
                    - Image|endswith:
                        - '\\psexesvc.exe'
                        - '\\paexec.exe'
                      # about what follows
                      '|all':
                      - -s
                      - 4688
                      - true
                      - null
                      - ~
                      - 0x1F
                    - User|re: '^CLIENT\\\\.*$'
                filter:
                    EventID: 7
                    Text: |-
                      ends here


                condition: selection and not 1 of filter*
            tags:
              - attack.t1021.002
              - |+
               kept

            level2: é ü
            """;

    private static @Nullable Node plain(String text) {
        return PlainYaml.read(text, RuleReader.SETTINGS.getSchema().getScalarResolver());
    }

    /// Kind, tag, value and place of each node; what is wrong with the text if it is no YAML.
    private static String all(String text) {
        List<Node> nodes = new ArrayList<>();
        try {
            new Compose(RuleReader.SETTINGS).composeAllFromString(text).forEach(nodes::add);
        } catch (YamlEngineException e) {
            return "not YAML: " + e.getMessage();
        }
        return nodes.size() == 1 ? shown(nodes.getFirst()) : nodes.size() + " documents";
    }

    private static String shown(Node node) {
        StringBuilder out = new StringBuilder();
        show(node, "", out);
        return out.toString();
    }

    private static void show(Node node, String indent, StringBuilder out) {
        Mark mark = node.getStartMark().orElseThrow();
        out.append(indent).append(mark.getLine()).append(':').append(mark.getColumn());
        out.append(' ').append(node.getTag());
        switch (node) {
            case ScalarNode scalar ->
                out.append(' ').append(scalar.getScalarStyle()).append(" <").append(scalar.getValue());
            case SequenceNode sequence ->
                sequence.getValue().forEach(element -> show(element, "\n  " + indent.strip(), out));
            case MappingNode mapping ->
                mapping.getValue().forEach(member -> {
                    show(member.getKeyNode(), "\n " + indent.strip(), out);
                    show(member.getValueNode(), " = ", out);
                });
            default -> throw new IllegalStateException(node.toString());
        }
        out.append('>');
    }

    /// Whether it is read; if so, it must be as the engine reads it.
    private static boolean agrees(String text) {
        Node read = plain(text);
        if (read != null) {
            assertEquals(all(text), shown(read), text);
        }
        return read != null;
    }

    @Test
    void aRuleIsReadAsTheEngineReadsIt() {
        assertTrue(agrees(RULE));
        assertTrue(agrees(RULE.replace("\n", "\r\n")));
        assertTrue(agrees(RULE.stripTrailing()));
        assertEquals(
                12,
                ((MappingNode) Objects.requireNonNull(plain(RULE))).getValue().size());
    }

    @Test
    void anotherFormIsLeftToTheEngine() {
        for (String text : List.of(
                "",
                "# nothing\n",
                "a",
                "- a\n",
                " a: b\n",
                "a: [b]\n",
                "a: {b: c}\n",
                "a: &x b\n",
                "a: *x\n",
                "a: !!str b\n",
                "a: >\n  b\n",
                "a: |2\n  b\n",
                "a: |\n  b",
                "a: b\n  c\n",
                "a: 'b\n  c'\n",
                "a: \"b\\tc\"\n",
                "a:\tb\n",
                "a: b: c\n",
                "a: b:\n",
                "a: 'b' c\n",
                "a:\n    b: c\n  d: e\n",
                "a:\n  - b\n - c\n",
                "a:\n  - - b\n",
                "a:\n  -\n    b: c\n",
                "a: - b\n",
                "? a\n: b\n",
                "<<: b\n",
                "---\na: b\n",
                "a: b\n...\n",
                "a: b\n---\nc: d\n",
                "%YAML 1.2\n---\na: b\n",
                "a: @b\n",
                "a: \u0085\n",
                "a: \ud83d\ude00\n")) {
            assertNull(plain(text), text);
        }
    }

    @Test
    void nestingHasAnEnd() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            text.repeat(' ', i).append("a:\n");
        }
        assertNull(plain(text.toString()));
    }

    @Test
    void spoiltRulesAreReadAsTheEngineReadsThem() {
        SplittableRandom random = new SplittableRandom(77);
        String[] bits = {
            " ", "  ", "\n", "\n\n", ":", ": ", "- ", "-", "#", " #", "'", "\"", "|", "|-", "|+\n", ">", "\\", "[", "]",
            "{", "&a ", "*a", "!", "\t", "%", "---\n", "...\n", "?", "? ", "~", "null", "<<: ", "a: b\n", "\r\n", "\r",
            "é", "''", ","
        };
        int read = 0;
        for (int i = 0; i < 30_000; i++) {
            String[] lines = RULE.split("(?<=\n)");
            int from = random.nextInt(lines.length);
            StringBuilder text = new StringBuilder();
            for (int k = from; k < Math.min(lines.length, from + 1 + random.nextInt(12)); k++) {
                text.append(lines[k]);
            }
            if (random.nextInt(4) > 0) {
                text = new StringBuilder(text.toString().stripIndent());
            }
            for (int k = random.nextInt(4); k > 0; k--) {
                int at = random.nextInt(text.length() + 1);
                int end = Math.min(text.length(), at + random.nextInt(4));
                text.replace(at, random.nextBoolean() ? at : end, bits[random.nextInt(bits.length)]);
            }
            read += agrees(text.toString()) ? 1 : 0;
        }
        assertTrue(read > 3_000, read + " were read");
    }

    @Test
    void theRulesOfTheFieldAreReadAsTheEngineReadsThem() {
        int read = 0;
        int files = 0;
        for (String archive : List.of("sigma/rules.tar.gz", "endpoint/sigma-extra.tar.gz")) {
            for (Map.Entry<String, byte[]> file : SigmaArchives.files(archive).entrySet()) {
                if (file.getKey().matches(".*\\.ya?ml")) {
                    files++;
                    read += agrees(new String(file.getValue(), StandardCharsets.UTF_8)) ? 1 : 0;
                }
            }
        }
        assertTrue(read > files * 95 / 100, read + " of " + files + " were read");
    }
}
