package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.engine.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What pages say of the program is so: the commands and options in them exist, links lead somewhere, and
/// every room is on the map.
final class PagesTest {
    private static final Path ROOT = Path.of(System.getProperty("carom.root", ".."));
    private static final Pattern CALL = Pattern.compile("(?:^|[`\\s])(?:\\./)?carom ([a-z].*)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern PAGE = Pattern.compile("`((?:docs|bench)/[A-Za-z0-9_./-]+\\.md)`");

    private static final CommandLine PROGRAM = Main.program();

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(
                List.of(ROOT.resolve("README.md"), ROOT.resolve("ARCHITECTURE.md"), ROOT.resolve("CONTRIBUTING.md")));
        for (String folder : List.of("docs", "docs/decisions", "bench")) {
            try (Stream<Path> in = Files.list(ROOT.resolve(folder))) {
                in.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    /// The options that a line of a page gives to a command and that it does not have.
    private static List<String> unknown(String line) {
        List<String> unknown = new ArrayList<>();
        Matcher call = CALL.matcher(line);
        while (call.find()) {
            String[] words =
                    call.group(1).split("`| #|\\||&&| > | < ", 2)[0].strip().split("\\s+");
            CommandLine at = PROGRAM;
            int word = 0;
            while (word < words.length && at.getSubcommands().containsKey(words[word])) {
                at = at.getSubcommands().get(words[word++]);
            }
            for (; word > 0 && word < words.length; word++) {
                String option = words[word].replaceFirst("=.*", "").replaceFirst("[^a-z]+$", "");
                if (option.startsWith("--") && !at.getCommandSpec().optionsMap().containsKey(option)) {
                    unknown.add(at.getCommandSpec().qualifiedName(" ") + " " + option);
                }
            }
        }
        return unknown;
    }

    @Test
    void everyOptionThatAPageGivesToACommandIsOneOfItsOwn() throws IOException {
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (Path page : pages()) {
            int number = 0;
            for (String line : Files.readAllLines(page)) {
                number++;
                calls += CALL.matcher(line).find() ? 1 : 0;
                for (String option : unknown(line)) {
                    wrong.add(ROOT.relativize(page) + ":" + number + ": " + option);
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(calls > 100, "calls that were looked at: " + calls);
        assertEquals(List.of("carom intel add --nonsense"), unknown("    carom intel add --nonsense x"));
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            String text = Files.readString(page);
            Matcher link = LINK.matcher(text);
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    dead.add(ROOT.relativize(page) + ": " + link.group(1));
                }
            }
            Matcher named = PAGE.matcher(text);
            while (named.find()) {
                if (!Files.exists(ROOT.resolve(named.group(1)))) {
                    dead.add(ROOT.relativize(page) + ": " + named.group(1));
                }
            }
        }
        assertEquals(List.of(), dead);
    }

    @Test
    void everyRoomIsOnTheMap() throws IOException {
        String map = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
        TreeSet<String> missing = new TreeSet<>();
        for (String module : List.of(
                "core", "local", "server/src/main/java/io/carom/server", "mailnet/src/main/java/io/carom/mailnet")) {
            Path rooms = ROOT.resolve(module.contains("/") ? module : module + "/src/main/java/io/carom");
            try (Stream<Path> in = Files.list(rooms)) {
                in.filter(Files::isDirectory)
                        .map(p -> p.getFileName().toString())
                        .filter(room -> !map.contains("`" + room + "`") && !map.contains("`" + room + "."))
                        .forEach(missing::add);
            }
        }
        assertEquals(new TreeSet<>(), missing);
    }

    @Test
    void everyAnalyticHasItsRow() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/analytics.md"));
        assertEquals(
                List.of(),
                Runner.installed().stream()
                        .map(Analytic::id)
                        .filter(id -> !page.contains("\n| `" + id + "` |"))
                        .toList());
    }
}
