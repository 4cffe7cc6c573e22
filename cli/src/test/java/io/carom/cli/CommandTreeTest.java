package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What holds for every command there is, whoever adds it.
final class CommandTreeTest {
    /// Commands that only lead to others, and picocli's own.
    private static boolean isLeaf(CommandLine command) {
        return command.getSubcommands().isEmpty()
                && !command.getCommandName().equals("help")
                && !command.getCommandName().equals("generate-completion");
    }

    private static Map<String, CommandLine> commands() {
        Map<String, CommandLine> all = new TreeMap<>();
        gather("", Main.program(), all);
        return all;
    }

    private static void gather(String prefix, CommandLine of, Map<String, CommandLine> into) {
        of.getSubcommands().forEach((name, command) -> {
            into.put(prefix + name, command);
            gather(prefix + name + " ", command, into);
        });
    }

    @Test
    void helpOfEachCommandBeginsWithTwoExamples() {
        List<String> without = new ArrayList<>();
        commands().forEach((name, command) -> {
            boolean owned = !name.contains("help") && !name.equals("generate-completion");
            // Below two words the command above has the examples.
            if (owned && name.split(" ").length <= 2) {
                String help = command.getUsageMessage();
                long examples = help.lines()
                        .takeWhile(line -> !line.startsWith("Usage:"))
                        .filter(line -> line.startsWith("  carom " + name))
                        .count();
                if (examples < 2) {
                    without.add(name + ": " + examples);
                }
            }
        });
        assertEquals(List.of(), without, "commands without two examples ahead of their usage");
    }

    @Test
    void eachCommandTakesTheOptionsCommonToAll() {
        List<String> without = new ArrayList<>();
        commands().forEach((name, command) -> {
            if (isLeaf(command)) {
                for (String option : List.of("--home", "--json", "--quiet", "-v", "--help")) {
                    if (!command.getCommandSpec().optionsMap().containsKey(option)) {
                        without.add(name + " " + option);
                    }
                }
            }
        });
        assertEquals(List.of(), without);
    }

    @Test
    void helpOfACommandIsGivenBothWays() {
        Program.Result one = Program.plain("", "help", "ingest");
        Program.Result two = Program.plain("", "ingest", "--help");
        assertEquals(0, one.exit());
        assertEquals(one.out(), two.out());
        assertTrue(one.out().contains("Usage: carom ingest"), one.out());
    }

    @Test
    void helpHasNoColourWhereNobodyLooks() {
        assertTrue(!Program.plain("", "help").out().contains("\u001b"));
    }

    @Test
    void completionKnowsEveryCommand() {
        String script = Program.plain("", "generate-completion").out();
        commands().keySet().stream()
                .filter(name -> !name.contains(" "))
                .forEach(name -> assertTrue(script.contains(name), name));
    }
}
