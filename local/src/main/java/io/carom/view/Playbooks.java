package io.carom.view;

import io.carom.cases.KeptIncidents;
import io.carom.cases.Ticks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What to do in each kind of incident: Markdown that people edit, with a tick box (`- [ ]`) for each
/// step. A file of the home, `playbooks/KIND.md`, stands before the built-in one.
public final class Playbooks {
    public static final List<String> KINDS = Work.KINDS;
    private static final int LONGEST = 200_000;
    private static final int MOST_STEPS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;

    public Playbooks(Path home) {
        this.home = home;
    }

    /// @param own whether the home has its own
    public record Playbook(String kind, String text, boolean own) {}

    public Playbook of(String kind) throws IOException {
        String known = KINDS.contains(kind) ? kind : "other";
        Path own = home.resolve("playbooks").resolve(known + ".md");
        if (Files.isRegularFile(own) && Files.size(own) <= LONGEST) {
            return new Playbook(known, Files.readString(own), true);
        }
        try (InputStream in = Playbooks.class.getResourceAsStream("playbooks/" + known + ".md")) {
            if (in == null) {
                throw new IOException("the playbook " + known + " is not in the program");
            }
            return new Playbook(known, new String(in.readAllBytes(), StandardCharsets.UTF_8), false);
        }
    }

    /// Keeps a playbook of one's own; an empty text brings the built-in one back.
    public void put(String kind, String text) throws IOException {
        if (!KINDS.contains(kind) || text.length() > LONGEST) {
            throw new IllegalArgumentException("no playbook is called so, or it is too long");
        }
        Path folder = Files.createDirectories(home.resolve("playbooks"));
        Path own = folder.resolve(kind + ".md");
        if (text.isBlank()) {
            Files.deleteIfExists(own);
            return;
        }
        Path part = folder.resolve(kind + ".md.part");
        Files.writeString(part, text);
        Files.move(part, own, StandardCopyOption.REPLACE_EXISTING);
    }

    /// The playbook with what was ticked off: `kind`, `title`, `own`, and `sections` with `title`,
    /// `text` and `items`, each with `key`, `text` and, where it was done, `done`.
    public static ObjectNode read(Playbook playbook, Map<String, Ticks.Tick> ticks) {
        ObjectNode out = JSON.createObjectNode();
        out.put("kind", playbook.kind()).put("title", "").put("own", playbook.own());
        ArrayNode sections = out.putArray("sections");
        ObjectNode section = null;
        List<String> text = new ArrayList<>();
        int steps = 0;
        for (String line : playbook.text().split("\\R")) {
            String stripped = line.strip();
            if (stripped.startsWith("# ")) {
                out.put("title", stripped.substring(2).strip());
            } else if (stripped.startsWith("## ") || section == null && !stripped.isEmpty()) {
                if (section != null) {
                    section.put("text", String.join(" ", text));
                }
                text.clear();
                section = sections.addObject();
                section.put(
                                "title",
                                stripped.startsWith("## ")
                                        ? stripped.substring(3).strip()
                                        : "")
                        .put("text", "")
                        .putArray("items");
                if (!stripped.startsWith("## ")) {
                    steps = line(section, stripped, text, ticks, steps);
                }
            } else if (section != null && !stripped.isEmpty()) {
                steps = line(section, stripped, text, ticks, steps);
            }
        }
        if (section != null) {
            section.put("text", String.join(" ", text));
        }
        return out;
    }

    private static int line(
            ObjectNode section, String line, List<String> text, Map<String, Ticks.Tick> ticks, int steps) {
        if (!line.matches("[-*] \\[[ xX]\\] .*")) {
            text.add(line);
            return steps;
        }
        if (steps >= MOST_STEPS) {
            return steps;
        }
        String step = line.substring(6).strip();
        String key = "step-" + KeptIncidents.print(step);
        ObjectNode item = section.withArray("items").addObject();
        item.put("key", key).put("text", step);
        Ticks.Tick tick = ticks.get(key);
        if (tick != null) {
            item.putObject("done").put("who", tick.who()).put("at", tick.at().toString());
        }
        return steps + 1;
    }
}
